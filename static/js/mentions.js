// Words that are typed for a place are the choice above them; another choice puts the words back.

const form = document.querySelector(".mentions");
const boxes = [...form.querySelectorAll("[data-choice]")];
const typed = new Map(); // what was typed, while another choice is marked

const choiceOf = (box) => {
  const [name, value] = box.dataset.choice.split("=");
  return form.querySelector(`[name="${name}"][value="${value}"]`);
};

function fill(box, words) {
  box.value = words;
  box.dispatchEvent(new Event("input", { bubbles: true })); // what the tab keeps follows
}

function follow(box) {
  if (box.value !== box.dataset.words) choiceOf(box).checked = true;
}

boxes.forEach(follow); // what was typed before this ran
form.addEventListener("input", ({ target }) => boxes.includes(target) && follow(target));

form.addEventListener("change", ({ target }) => {
  const box = target.type === "radio" && boxes.find((each) => choiceOf(each).name === target.name);
  if (!box) return;
  if (target === choiceOf(box)) {
    if (typed.has(box)) fill(box, typed.get(box));
    box.focus();
  } else if (box.value !== box.dataset.words) {
    typed.set(box, box.value);
    fill(box, box.dataset.words);
  }
});
