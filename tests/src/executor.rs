//! Runs futures to their end on this thread; the scripted platform never waits for anything
//! outside, so polling again is all it takes.

use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

/// More polls than any request needs; reaching it means that a future waits for nothing.
const MOST_POLLS: usize = 100_000;

/// Runs one future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..MOST_POLLS {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("a future was polled {MOST_POLLS} times and is not done");
}

/// Runs futures side by side, one poll each in turn, and returns their outputs in order.
pub fn block_on_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    block_on(async {
        let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
        let mut outputs: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
        std::future::poll_fn(|context| {
            for (future, output) in running.iter_mut().zip(outputs.iter_mut()) {
                if output.is_none()
                    && let Poll::Ready(done) = future.as_mut().poll(context)
                {
                    *output = Some(done);
                }
            }
            if outputs.iter().any(Option::is_none) {
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        outputs.into_iter().map(Option::unwrap).collect()
    })
}

/// Lets others go first, that many times.
pub async fn yield_now(mut times: u32) {
    std::future::poll_fn(|_| {
        if times == 0 {
            return Poll::Ready(());
        }
        times -= 1;
        Poll::Pending
    })
    .await;
}
