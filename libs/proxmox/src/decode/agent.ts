import { z } from 'zod';
import { flag, text, textOrNull } from './values.ts';

/** `GET …/agent/info`: what QEMU's agent inside a VM says of itself. */
export const AgentInfo = z
  .object({
    result: z.object({
      version: textOrNull,
      supported_commands: z.preprocess((value) => value ?? [], z.array(z.object({ name: text, enabled: flag }))),
    }),
  })
  .transform(({ result }) => ({
    version: result.version,
    /** The commands it would carry out */
    commands: result.supported_commands.filter(({ enabled }) => enabled).map(({ name }) => name),
  }));
export type AgentInfo = z.infer<typeof AgentInfo>;
