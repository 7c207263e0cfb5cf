// What HTML and htmx leave undone: where the focus goes, that a lost network is told, and ticking all
// rows at once. Every page works without it.
const find = (selector) => document.querySelector(selector);

addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.boosted && detail.isError) detail.shouldSwap = true; // an error page is a page too
});

// What is being pressed is not replaced before it is let go: a field that one leaves may ask for an answer.
for (const [event, wait] of [["pointerdown", 500], ["pointerup", 0], ["pointercancel", 0]])
  addEventListener(event, () => { htmx.config.defaultSwapDelay = wait; }, true);

// A new page is read from its beginning; an answer takes the place of the button that asked for it.
addEventListener("htmx:afterSettle", ({ target, detail }) => {
  if (document.activeElement.closest("main")) return;
  const place = detail.boosted ? find("main") : target;
  if (!place.closest("main") || !detail.boosted && detail.requestConfig.verb !== "post") return;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
});

for (const trouble of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
  addEventListener(trouble, ({ detail }) => {
    const message = find("#message");
    if (detail.boosted && trouble === "htmx:responseError" || message.matches(".unreachable")) return;
    message.className = "unreachable";
    message.replaceChildren(find("#unreachable").content.cloneNode(true));
  });

// A page may have a script of its own, also one that a followed link put here.
const fetchScript = () => {
  const src = find("[data-script]")?.dataset.script;
  if (src && !find(`script[src="${src}"]`))
    document.head.append(Object.assign(document.createElement("script"), { src }));
};
addEventListener("htmx:afterSettle", fetchScript);
fetchScript();

// What a reader of bar codes types takes the place of what stands in the field.
addEventListener("focusin", ({ target }) => { if (target.matches("[data-scan]")) target.select(); });
find("[data-scan]:focus")?.select();

addEventListener("change", ({ target }) => {
  if (target.dataset.all)
    for (const box of target.form.querySelectorAll(`[name="${target.dataset.all}"]`)) box.checked = target.checked;
});
