// A page of another origin can't be read. But the pages to which it leads in the end are of this origin, and
// they say which of them they are. The payment page could send a message as well: it is of another origin.
const frame = document.querySelector("iframe");
const ends = ["stored", "not-stored"];

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== frame.contentWindow || !ends.includes(data)) {
    return;
  }
  // With the frame goes the address of the payment page.
  document.getElementById("entry").remove();
  document.getElementById(data).hidden = false;
});
