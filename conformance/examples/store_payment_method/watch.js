// A page of another origin can't be read. But the pages to which it leads in the end are of this origin, and
// they say which of them they are. The payment page could send a message as well: it is of another origin.
const frame = document.querySelector("iframe");
const texts = new Map([
  ["stored", "Your card was stored."],
  ["not-stored", "Your card was not stored."],
]);

addEventListener("message", ({ origin, source, data }) => {
  const text = texts.get(data);
  if (origin !== location.origin || source !== frame.contentWindow || text === undefined) {
    return;
  }
  // With the frame goes the address of the payment page.
  frame.parentElement.remove();
  document.querySelector("#outcome").textContent = text;
  document.querySelector("#again").hidden = false;
});
