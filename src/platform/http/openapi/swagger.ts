import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { openApiDocument } from './document.js';

/** Serves Swagger UI at /api/docs and the document at /api/docs-json and /api/schema. */
export function serveApiDocs(app: NestFastifyApplication): OpenAPIObject {
  const document = openApiDocument(app);
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/docs-json',
    yamlDocumentUrl: 'api/docs-yaml',
    customSiteTitle: 'Concord API',
    swaggerOptions: {
      // Keeps the login over a reload; the client id is what the password flow sends along and nothing checks it.
      persistAuthorization: true,
      initOAuth: { clientId: 'swagger-ui' },
      validatorUrl: null,
      tagsSorter: 'alpha',
      displayRequestDuration: true,
      filter: true,
      docExpansion: 'none',
    },
  });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/api/schema', (_request: unknown, reply: { send(body: unknown): void }) => reply.send(document));
  return document;
}
