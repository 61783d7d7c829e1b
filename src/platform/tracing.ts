import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A collector that is away may hold up the end of the process for so long. */
const exportMs = 3000;

const tracer = trace.getTracer('chorong');

/**
 * Starts sending spans to a collector (OTLP over HTTP), and returns how to send the last ones and stop. The SDK is loaded only here:
 * without an endpoint the tracer does nothing.
 */
export async function startTracing(
  config: { endpoint: string; role: string } | null,
): Promise<() => Promise<void>> {
  if (!config) return () => Promise.resolve();
  const [{ OTLPTraceExporter }, { BatchSpanProcessor, NodeTracerProvider }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/resources'),
    ]);
  const exporter = new OTLPTraceExporter({ url: `${config.endpoint}/v1/traces`, timeoutMillis: exportMs });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'chorong', 'chorong.role': config.role }),
    spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: exportMs })],
  });
  // No propagator: what a stranger puts into `traceparent` is not believed, and providers learn nothing of our traces.
  provider.register({ propagator: null });
  return () => provider.shutdown().catch(() => undefined);
}

/**
 * Runs the work as a span. Attributes are counts, codes and names of ours: no number, name, text, reference or parameter. Of an
 * error its class alone is kept, since its message may quote what could not be read.
 */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', error instanceof Error ? error.constructor.name : typeof error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Makes a span of each request, named after its route: the path itself holds ids and references, and the query what people seek. */
export function traceRequests(fastify: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  // Where the calling address begins, too: reading the body would lose the context.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const span = tracer.startSpan(`${request.method} ${route}`, {
      kind: SpanKind.SERVER,
      attributes: { 'http.request.method': request.method, 'http.route': route },
    });
    spans.set(request, span);
    context.with(trace.setSpan(context.active(), span), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
}
