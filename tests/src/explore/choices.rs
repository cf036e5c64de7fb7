//! Depth-first search over what happens next.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// More steps than any scenario has.
const MOST_STEPS: usize = 1_000;

/// The decisions of one run: those of the plan first, then the first option each time.
#[derive(Debug, Default)]
pub struct Choices {
    made: Vec<(usize, usize)>,
    at: usize,
}

impl Choices {
    /// One of so many options.
    pub fn choose(&mut self, options: usize) -> usize {
        assert!(options > 0 && self.at < MOST_STEPS);
        if self.at == self.made.len() {
            self.made.push((0, options));
        }
        let (choice, seen) = self.made[self.at];
        assert_eq!(seen, options, "the scenario is not the same each time");
        self.at += 1;
        choice
    }

    /// The plan of the next run; `false` where every one was made.
    fn advance(&mut self) -> bool {
        self.at = 0;
        while let Some((choice, options)) = self.made.pop() {
            if choice + 1 < options {
                self.made.push((choice + 1, options));
                return true;
            }
        }
        false
    }

    /// Runs futures to their end, deciding before each step which one takes it.
    pub fn interleave<T>(
        &mut self,
        mut futures: Vec<Pin<Box<dyn Future<Output = T> + '_>>>,
    ) -> Vec<T> {
        let mut outputs: Vec<Option<T>> = futures.iter().map(|_| None).collect();
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let running: Vec<usize> = (0..outputs.len())
                .filter(|index| outputs[*index].is_none())
                .collect();
            if running.is_empty() {
                return outputs.into_iter().map(Option::unwrap).collect();
            }
            let index = running[self.choose(running.len())];
            if let Poll::Ready(output) = futures[index].as_mut().poll(&mut context) {
                outputs[index] = Some(output);
            }
        }
    }
}

/// Makes every run that there is, and counts them.
pub fn explore(mut run: impl FnMut(&mut Choices)) -> usize {
    let mut choices = Choices::default();
    let mut runs = 0;
    loop {
        run(&mut choices);
        runs += 1;
        if !choices.advance() {
            return runs;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::yield_now;
    use std::{cell::RefCell, collections::BTreeSet};

    #[test]
    fn every_order_is_seen_once() {
        let mut orders = BTreeSet::new();
        let runs = explore(|choices| {
            let order = RefCell::new(String::new());
            let steps = |name: char| -> Pin<Box<dyn Future<Output = ()> + '_>> {
                let order = &order;
                Box::pin(async move {
                    for _ in 0..3 {
                        order.borrow_mut().push(name);
                        yield_now(1).await;
                    }
                })
            };
            choices.interleave(vec![steps('a'), steps('b')]);
            orders.insert(order.into_inner());
        });
        // Four steps each, the last of which writes nothing.
        assert_eq!(runs, 70);
        assert_eq!(orders.len(), 20);
    }
}
