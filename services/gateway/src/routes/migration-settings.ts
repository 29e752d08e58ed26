import { isDeepStrictEqual } from 'node:util';
import {
  defaultMigrationSettings,
  GetMigrationSettings,
  GetThresholdSuggestions,
  GetThresholds,
  MigrationSettings,
  migrationSettingsDescriptions,
  PostThresholds,
  PutMigrationSettings,
  ResetMigrationSettings,
  type Settings,
  SuggestThresholds,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { askedSettings, hasOverrides, penaltiesOf } from '../settings/simplified.ts';

export function migrationSettingsRoutes(server: FastifyInstance, { kit, desk }: Deps): void {
  const save = async (message: string, actor: string, wanted: (saved: Settings) => MigrationSettings) => {
    const { config } = await desk.change((saved) => {
      const settings = wanted(saved);
      return { migration_settings: settings, penalty_scoring: penaltiesOf(settings) };
    }, actor);
    return success({ message, ...shown(config) });
  };

  endpoint(server, GetMigrationSettings, () =>
    success({
      ...shown(desk.read().config),
      defaults: defaultMigrationSettings(),
      descriptions: migrationSettingsDescriptions,
    }),
  );
  endpoint(server, PutMigrationSettings, ({ body, actor }) => {
    const asked = askedSettings(body);
    return save('settings saved, penalties follow', actor, ({ migration_settings: saved }) =>
      MigrationSettings.parse({ ...saved, ...asked }),
    );
  });
  endpoint(server, ResetMigrationSettings, ({ actor }) =>
    save('settings are the defaults again, penalties follow', actor, defaultMigrationSettings),
  );

  endpoint(server, GetThresholds, () => success(desk.read().config.recommendation_thresholds));
  endpoint(server, PostThresholds, async ({ body: { success: _, ...thresholds }, actor }) => {
    const { config } = await desk.change({ recommendation_thresholds: thresholds }, actor);
    return success({ message: 'thresholds saved', ...config.recommendation_thresholds });
  });
  endpoint(server, GetThresholdSuggestions, async () => success(answerOf(await kit.bus.ask(SuggestThresholds, {}))));
}

const shown = ({ migration_settings: settings, penalty_scoring: penalties }: Settings) => ({
  settings,
  effective_penalty_config: penalties,
  is_in_force: isDeepStrictEqual(penaltiesOf(settings), penalties),
  has_expert_overrides: hasOverrides(settings),
});
