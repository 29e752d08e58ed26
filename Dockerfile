# One image for the six services (and the simulator); docker-compose.yml starts it once for each.

# The package.json files alone, so that a change of the sources does not install everything again.
FROM node:24-alpine AS manifests
WORKDIR /all
COPY . .
RUN mkdir /manifests && \
    tar -cf - pnpm-lock.yaml pnpm-workspace.yaml package.json libs/*/package.json services/*/package.json simulator/package.json \
    | tar -xf - -C /manifests

# Runtime packages only: this image brings its own Node, so the optional one is left out.
FROM node:24-alpine AS packages
WORKDIR /app
COPY --from=manifests /manifests ./
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --prod --no-optional

FROM node:24-alpine
ENV NODE_ENV=production
# Where the demo's simulator leaves its certificate authority for the services: a volume that takes over this owner.
RUN mkdir /proxmox-ca && chown node:node /proxmox-ca
WORKDIR /app
COPY --from=packages /app ./
COPY libs ./libs
COPY services ./services
COPY simulator ./simulator
USER node
# Node runs the TypeScript sources as they are: there is no build step.
CMD ["node", "services/gateway/src/main.ts"]
