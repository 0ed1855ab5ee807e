// The photo that is chosen for a person stands beside its name. Without this, once the draft is saved.
addEventListener("change", ({ target }) => {
  const place = target.closest(".photo")?.querySelector(".small-image");
  if (!place) return;
  const address = target.selectedOptions[0].dataset.small;
  const small = document.createElement(address ? "img" : "span");
  small.className = place.className;
  if (address) Object.assign(small, { src: address, alt: "" });
  place.replaceWith(small);
});
