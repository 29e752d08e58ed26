import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends bytes as they are, and gives all that comes back until the other side is done or `withinMs` are over. */
export async function sendRaw(url: string, text: string, withinMs = 3000): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text, 'latin1');
  const timer = setTimeout(() => socket.destroy(), withinMs);
  await once(socket, 'close');
  clearTimeout(timer);
  return Buffer.concat(chunks).toString();
}

/** Status and body of a raw answer. */
export function takeApart(answer: string): { status: number; body: string } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), body };
}
