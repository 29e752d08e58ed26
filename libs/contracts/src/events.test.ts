import { expect, test } from 'vitest';
import { events, MigrationCompleted } from './events.ts';
import { allEventsSubject, eventSubject } from './kit/event.ts';
import { serviceNames } from './kit/service.ts';
import { routes } from './routes.ts';

test('the subject of an event is namespace, events, noun and participle', () => {
  expect(eventSubject('lab', MigrationCompleted)).toBe('lab.events.migration.completed');
  expect(allEventsSubject('lab')).toBe('lab.events.>');
  expect(allEventsSubject('lab', 'migration')).toBe('lab.events.migration.>');
});

test.each(events)('$type is a noun and a past participle, in lower kebab-case', ({ type }) => {
  expect(type).toMatch(/^[a-z]+(-[a-z]+)*\.([a-z]+-)*([a-z]+ed|taken)$/);
});

test('no type is declared twice', () => {
  expect(new Set(events.map(({ type }) => type)).size).toBe(events.length);
});

test.each(events)('$type has one publisher and says what happened', ({ publisher, summary }) => {
  expect(serviceNames).toContain(publisher);
  expect(summary).toMatch(/^[A-Z].*[^.]$/);
});

test('state that an event leaves to HTTP can be read there', () => {
  const readable = routes.filter(({ method }) => method === 'GET').map(({ path }) => path);
  const named = events.flatMap(({ readAt }) => (readAt ? [readAt] : []));
  expect(readable).toEqual(expect.arrayContaining(named));
});
