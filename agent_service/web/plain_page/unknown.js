// With ?unknown, the page's visitor is somebody nobody knows. Runs before the widget's script.

if (new URLSearchParams(location.search).has("unknown")) {
  document.querySelector("script[data-ticket]").dataset.ticket += "?unknown";
  document.querySelector(".hint").textContent = "You are a stranger.";
  document.querySelector(".known").hidden = true;
  document.querySelector(".unknown").hidden = false;
}
