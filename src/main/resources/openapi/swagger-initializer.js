// Starts Swagger UI. Where the service has API keys its document needs one: the page asks for it, and keeps it only
// until it is left.
window.onload = function () {
  const place = document.getElementById("swagger-ui");

  function show(spec, key) {
    place.replaceChildren();
    window.ui = SwaggerUIBundle({
      spec: spec,
      dom_id: "#swagger-ui",
      deepLinking: true,
      persistAuthorization: false,
      presets: [SwaggerUIBundle.presets.apis],
      onComplete: function () {
        if (key) {
          window.ui.preauthorizeApiKey("apiKey", key);
        }
      },
    });
  }

  function ask(why) {
    const form = document.createElement("form");
    const label = document.createElement("label");
    const field = document.createElement("input");
    const button = document.createElement("button");
    label.textContent = why + " ";
    field.type = "password";
    field.autocomplete = "off";
    button.textContent = "Authorize";
    form.append(label, field, button);
    form.style.padding = "2em";
    form.onsubmit = function (event) {
      event.preventDefault();
      load(field.value);
    };
    place.replaceChildren(form);
    field.focus();
  }

  async function load(key) {
    const answer = await fetch("../v3/api-docs", { headers: key ? { "X-API-Key": key } : {} });
    const body = await answer.json();
    if (answer.ok) {
      show(body, key);
    } else {
      ask(key ? body.detail : "This service wants an API key with the right 'read':");
    }
  }

  load(null);
};
