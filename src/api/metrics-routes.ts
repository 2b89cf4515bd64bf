/** `/metrics` for Prometheus, and a dashboard for Grafana over it. */
import type { FastifyInstance } from 'fastify';
import type { Status } from '../status/status.ts';
import { grafanaDashboard } from './grafana-dashboard.ts';
import { metricsOf, type RecordFigures } from './metrics-list.ts';
import { METRICS_TYPE, metricsText } from './metrics-text.ts';
import { textAs } from './problem-schema.ts';

export interface MetricsControls {
  status(): Status;
  figures(): RecordFigures;
}

const tags = ['metrics'];

export function metricsRoutes(server: FastifyInstance, controls: MetricsControls): void {
  server.get(
    '/metrics',
    {
      config: { role: 'status' },
      schema: {
        tags,
        operationId: 'getMetrics',
        summary: 'Figures for Prometheus',
        description: 'Text format 0.0.4. What is not known is left out.',
        response: { 200: textAs('text/plain', 'Figures, each with its meaning') },
      },
    },
    async (_request, reply) =>
      reply.type(METRICS_TYPE).send(metricsText(metricsOf(controls.status(), controls.figures()))),
  );
  server.get(
    '/api/v1/grafana-dashboard.json',
    {
      config: { role: 'status' },
      schema: {
        tags,
        operationId: 'getGrafanaDashboard',
        summary: 'A dashboard for Grafana over these figures',
        response: { 200: { type: 'object', additionalProperties: true } },
      },
    },
    async (_request, reply) =>
      reply
        .header('content-disposition', 'attachment; filename="timeball-grafana.json"')
        .send(grafanaDashboard()),
  );
}
