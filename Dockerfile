# The api and worker services of compose.yaml: one image, two commands.
FROM node:24-slim
WORKDIR /app
ENV TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
COPY . .
RUN npm install --no-audit --no-fund && npx turbo run build --filter=@countersign/web
ENV NODE_ENV=production
RUN mkdir -p .data .keys && chown node .data .keys
USER node
