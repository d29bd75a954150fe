// Shows this server's OpenAPI document; the key that is typed in stays in the page.
window.SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "none",
  // Each operation shows the types it speaks of; a list of all of them holds up the page for seconds.
  defaultModelsExpandDepth: -1,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
