// The reader's own zone is one of those that are offered.

const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (own && own !== "UTC") document.querySelector("#zones").append(new Option(own));
