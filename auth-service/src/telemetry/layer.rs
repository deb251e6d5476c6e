//! The tracing layer: stores the fields of spans, and passes each line to the queue.

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::fields::Fields;
use super::line::{self, Around, Form, LogLine};
use super::queue::Queue;
use super::target::SECURITY;

pub(super) struct Lines {
    form: Form,
    queue: Queue,
}

impl Lines {
    pub fn new(form: Form, queue: Queue) -> Self {
        Self { form, queue }
    }
}

impl<S> tracing_subscriber::Layer<S> for Lines
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::of_span();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::of_event();
        event.record(&mut fields);
        let spans: Vec<_> =
            context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()).collect();
        let held: Vec<_> = spans.iter().map(|span| (span.name(), span.extensions())).collect();
        let mut around = Vec::new();
        for (name, extensions) in &held {
            if let Some(fields) = extensions.get::<Fields>() {
                around.push(Around { name, fields });
            }
        }
        let line = line::write(self.form, &LogLine::new(event.metadata(), &fields, &around));
        self.queue.push(line, event.metadata().target() == SECURITY);
    }
}
