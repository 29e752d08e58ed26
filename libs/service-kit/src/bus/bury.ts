import type { ConsumeParts } from './consume.ts';
import { textOf } from './decode.ts';
import type { JsMsg } from './nats.ts';
import { deadLetterSubject, restoreStreams } from './streams.ts';

/** Others may put larger messages into the stream than we do; a letter about one must still fit into a message. */
const keptMaxChars = 100_000;

/** Only a message that is safely stored among the dead letters is taken off its consumer. */
export async function bury(parts: ConsumeParts, durable: string, message: JsMsg, reason: string): Promise<void> {
  const { link, namespace, log } = parts;
  const letter = {
    consumer: durable,
    reason,
    tries: message.info.deliveryCount,
    stream_sequence: message.seq,
    buried_at: new Date().toISOString(),
    message: textOf(message.data).slice(0, keptMaxChars),
  };
  try {
    const subject = deadLetterSubject(namespace, durable);
    const body = Buffer.from(JSON.stringify(letter));
    await link.connection.jetstream().publish(subject, body, { msgID: `${durable}:${message.seq}`, timeout: 2000 });
    message.term();
  } catch (problem) {
    log.warn({ err: problem }, 'dead letter not stored, keeping the message');
    message.nak(2000);
    await restoreStreams(link, namespace);
  }
}
