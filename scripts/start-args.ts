import { parseArgs } from 'node:util';

export const usage = `Usage: npm start -- [options]

  --port N     the web server's port; 0 takes any free one   (PROXBALANCE_PORT, 5000)
  --data DIR   folder for broker data, keys and logs         (PROXBALANCE_DATA_DIR, ./.data)
  --no-demo    without a configured Proxmox VE cluster: start without one, instead of a simulated one
  --help       this text
`;

export interface StartArgs {
  port?: string;
  data?: string;
  demo: boolean;
  help: boolean;
}

/** The command line of `npm start`; a `wrong` one comes with the sentence that says why. */
export function readStartArgs(argv: string[]): { args: StartArgs } | { wrong: string } {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        'no-demo': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { port, data, help, 'no-demo': noDemo } = values;
    if (port !== undefined && !isPort(port)) return { wrong: `--port takes a number from 0 to 65535, not "${port}".` };
    if (data === '') return { wrong: '--data takes a folder.' };
    return { args: { ...(port !== undefined && { port }), ...(data !== undefined && { data }), demo: !noDemo, help } };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}
