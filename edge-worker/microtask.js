// The glue resumes tasks of Rust by this function. The build puts it in place of the runtime's `queueMicrotask`, which
// takes 2.0 microseconds each time where a promise takes 0.5 (measured: ARCHITECTURE.md, "The warm path is the first
// half of the whole way").
const soon = Promise.resolve();

export const queueMicrotask = (task) => soon.then(task);
