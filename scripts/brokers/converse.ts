import { connect } from 'node:net';

/** Sends a request to a loopback port; true when the answer matches, false when it does not within a second. */
export function converse(port: number, request: string, answer: RegExp): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: '127.0.0.1', port });
  let received = '';
  socket.setTimeout(1000, () => resolve(false));
  socket.once('connect', () => socket.write(request));
  socket.once('error', () => resolve(false));
  socket.once('close', () => resolve(false));
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    if (answer.test(received)) resolve(true);
  });
  return promise.finally(() => socket.destroy());
}
