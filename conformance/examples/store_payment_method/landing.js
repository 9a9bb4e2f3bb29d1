// Nobody but a page of this origin may hear it.
parent.postMessage(document.body.id, location.origin);
