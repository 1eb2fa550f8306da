/** What the server counts of itself for Prometheus: calls, tokens, dollars, waits and refusals, under OpenTelemetry's GenAI names where there is one. */
import type { Handler } from 'hono';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { usdOf } from '../meter/price';
import type { Circuit } from './completions/circuit';
import { utcDayOf, type Ledger } from './ledger/ledger';
import type { Observer } from './observer';
import type { Rotation } from './pairs/rotation';

export interface MetricsOptions {
  readonly ledger: Ledger;
  readonly rotation: Rotation;
  readonly circuit: Circuit;
  /** The vendor's, for `gen_ai.provider.name`. */
  readonly provider: string;
  readonly now: () => number;
}

export interface Metrics {
  readonly observer: Observer;
  readonly openReservations: () => number;
  /** `GET /metrics`. */
  readonly handler: Handler;
}

/**
 * OpenTelemetry's names with Prometheus' spelling: dots become underscores, the unit a suffix. Names and buckets:
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md (2026-11-26).
 */
const GEN_AI = {
  duration: 'gen_ai_client_operation_duration_seconds',
  firstChunk: 'gen_ai_client_operation_time_to_first_chunk_seconds',
  tokens: 'gen_ai_client_token_usage',
  attributes: ['gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model'],
  tokenType: 'gen_ai_token_type',
} as const;
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];
const CIRCUIT_STATES = { closed: 0, 'half-open': 1, open: 2 } as const;

export function createMetrics({ ledger, rotation, circuit, provider, now }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gaugeOf = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const counterOf = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogramOf = (name: string, help: string, labelNames: string[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  const attributes = [...GEN_AI.attributes];
  const duration = histogramOf(
    GEN_AI.duration,
    'Of a call to the vendor.',
    [...attributes, 'outcome'],
    SECONDS,
  );
  const firstChunk = histogramOf(
    GEN_AI.firstChunk,
    'From the request to the first chunk of a stream.',
    attributes,
    SECONDS,
  );
  const tokens = histogramOf(
    GEN_AI.tokens,
    'Tokens of a call, as billed.',
    [...attributes, GEN_AI.tokenType],
    TOKENS,
  );
  const requests = counterOf('smallfirst_requests_total', 'Calls, by how they ended.', ['model', 'outcome']);
  const dollars = counterOf('smallfirst_cost_usd_total', 'Billed since the start of this process.', [
    'model',
  ]);
  const refusals = counterOf('smallfirst_refusals_total', 'Requests refused, by code.', ['reason']);
  const spent = gaugeOf('smallfirst_spent_usd', 'Spent on the large model in this UTC day.');
  const held = gaugeOf('smallfirst_held_usd', 'Held for calls under way.');
  const calls = gaugeOf('smallfirst_calls', 'Calls to the large model in this UTC day.');
  const reservations = gaugeOf('smallfirst_open_reservations', 'Calls that this process holds money for.');
  const circuitState = gaugeOf('smallfirst_circuit_state', '0 closed, 1 half-open, 2 open.');
  const daysLeft = gaugeOf('smallfirst_model_days_left', 'Until the vendor takes the model away.', [
    'role',
    'model',
  ]);
  let open = 0;

  const observer: Observer = {
    held: () => void open++,
    called(call) {
      open--;
      if (call.outcome === 'released') return;
      const labels = {
        gen_ai_operation_name: 'chat',
        gen_ai_provider_name: provider,
        gen_ai_request_model: call.model,
      };
      const { promptTokens, completionTokens } = call.usage;
      duration.observe({ ...labels, outcome: call.outcome }, call.durationMs / 1_000);
      if (call.firstChunkMs !== undefined) firstChunk.observe(labels, call.firstChunkMs / 1_000);
      tokens.observe({ ...labels, [GEN_AI.tokenType]: 'input' }, promptTokens);
      tokens.observe({ ...labels, [GEN_AI.tokenType]: 'output' }, completionTokens);
      requests.inc({ model: call.model, outcome: call.outcome });
      dollars.inc({ model: call.model }, usdOf(call.costNanoUsd));
    },
    refused: (reason) => refusals.inc({ reason }),
  };

  return {
    observer,
    openReservations: () => open,
    async handler(c) {
      const today = await ledger.spend(utcDayOf(now()).day);
      spent.set(usdOf(today.spentNanoUsd));
      held.set(usdOf(today.heldNanoUsd));
      calls.set(today.calls);
      reservations.set(open);
      circuitState.set(CIRCUIT_STATES[circuit.state]);
      daysLeft.reset();
      for (const { role, facts, daysLeft: days } of rotation.status()) {
        if (facts && days !== undefined) daysLeft.set({ role, model: facts.model }, days);
      }
      return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
    },
  };
}
