import { z } from 'zod';
import { route } from '../kit/route.ts';

export const GetOpenApi = route('GET', '/api/openapi.json', {
  tag: 'Documentation',
  summary: 'This API, OpenAPI 3.1',
  role: null,
  reply: z.looseObject({}),
  errors: [],
});

export const GetAsyncApi = route('GET', '/api/asyncapi.json', {
  tag: 'Documentation',
  summary: 'The events, AsyncAPI 3.0',
  role: null,
  reply: z.looseObject({}),
  errors: [],
});
