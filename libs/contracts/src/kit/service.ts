export const serviceNames = ['gateway', 'collector', 'recommender', 'migrator', 'automation', 'notifier'] as const;

export type ServiceName = (typeof serviceNames)[number];
