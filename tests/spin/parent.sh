#!/bin/sh
# Stands in for `spin up` where there is none: a parent that waits for its child, which serves. CHILD names the program
# of the child.
"$CHILD" "$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' HUP INT TERM
wait "$child"
status=$?
# A signal ends the waiting before the child has ended.
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  status=$?
done
exit "$status"
