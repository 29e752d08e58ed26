import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** Trace context as it travels in headers: `traceparent`, `tracestate`. */
export type Carrier = Record<string, string>;

/**
 * Turns on W3C trace context for this process; spans leave only when an OTLP endpoint is set.
 * Returns what flushes and ends it.
 */
export function startTracing(otlpEndpoint: string | undefined): () => Promise<void> {
  const exporter = otlpEndpoint
    ? new OTLPTraceExporter({ url: `${otlpEndpoint.replace(/\/$/, '')}/v1/traces` })
    : undefined;
  const provider = new NodeTracerProvider({ spanProcessors: exporter ? [new BatchSpanProcessor(exporter)] : [] });
  provider.register();
  return async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  };
}

/** Runs `work` in a span that continues the trace of `carrier`. */
export function inSpan<T>(name: string, carrier: Carrier, work: (span: Span) => Promise<T>): Promise<T> {
  const parent = propagation.extract(context.active(), carrier);
  return trace.getTracer('proxbalance').startActiveSpan(name, { kind: SpanKind.INTERNAL }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

export const markFailed = (span: Span, error: unknown): void =>
  void span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });

/** The current trace context, ready for headers. */
export function traceCarrier(): Carrier {
  const carrier: Carrier = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

export const currentTraceId = (): string | undefined => trace.getSpanContext(context.active())?.traceId;
