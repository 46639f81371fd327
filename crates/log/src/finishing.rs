//! A call that must not be left in the middle: Postgres would not notice, and the next one would stand behind it.

use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::runtime::Handle;

/// A future that goes on by itself when whoever waited for it has gone away.
pub(crate) struct Finishing<Output: Send + 'static>(Option<Pin<Box<dyn Future<Output = Output> + Send>>>);

impl<Output: Send + 'static> Finishing<Output> {
    /// On the heap: the futures of callers stay small.
    pub(crate) fn new(future: impl Future<Output = Output> + Send + 'static) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<Output: Send + 'static> Future for Finishing<Output> {
    type Output = Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Output> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        let polled = future.as_mut().poll(context);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl<Output: Send + 'static> Drop for Finishing<Output> {
    fn drop(&mut self) {
        if let Some(future) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(future);
        }
    }
}
