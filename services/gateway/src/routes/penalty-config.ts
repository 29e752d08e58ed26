import {
  ApplyPenaltyPreset,
  defaultPenalties,
  GetPenaltyConfig,
  GetPenaltyPresets,
  type PenaltyConfig,
  PostPenaltyConfig,
  ResetPenaltyConfig,
  type Settings,
  Simulate,
  SimulatePenaltyConfig,
  withPenalties,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { activePreset, penaltyPresets } from '../settings/penalty-presets.ts';

export function penaltyConfigRoutes(server: FastifyInstance, { kit, desk }: Deps): void {
  const inForce = () => desk.read().config.penalty_scoring;
  const save = async (message: string, actor: string, penalties: (saved: Settings) => PenaltyConfig) => {
    const changed = await desk.change((saved) => ({ penalty_scoring: penalties(saved) }), actor);
    const config = changed.config.penalty_scoring;
    return success({ message, config, active_preset: activePreset(config) });
  };

  endpoint(server, GetPenaltyConfig, () => {
    const config = inForce();
    // The contract leaves the values of each preset away.
    return success({
      config,
      defaults: defaultPenalties(),
      presets: penaltyPresets,
      active_preset: activePreset(config),
    });
  });
  endpoint(server, PostPenaltyConfig, ({ body, actor }) =>
    save('penalties saved', actor, (saved) => withPenalties(saved.penalty_scoring, body.config, 'config')),
  );
  endpoint(server, ResetPenaltyConfig, ({ actor }) =>
    save('penalties are the defaults again', actor, defaultPenalties),
  );
  endpoint(server, GetPenaltyPresets, () =>
    success({ presets: penaltyPresets, active_preset: activePreset(inForce()) }),
  );
  endpoint(server, ApplyPenaltyPreset, ({ params: { name }, actor }) =>
    save(`preset ${name} applied`, actor, () => penaltyPresets[name].config),
  );
  endpoint(server, SimulatePenaltyConfig, async ({ body }) => success(answerOf(await kit.bus.ask(Simulate, body))));
}
