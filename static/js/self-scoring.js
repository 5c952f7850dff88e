/* Saves each row of a self-scoring table by itself. Without this script the form around the table does it.

   A row is sent when a choice is made, when the focus leaves its numbers or its explanation, and 1.5 seconds after
   typing in the explanation stops. Rows wait for one another, so that sums come back in order. The answer replaces
   parts of the page by their ids, never a field.

   A page to which one goes back is asked for again, and keeps nothing in its fields: browsers show the copy that they
   had from before the saves, with some of what was typed. */

const PAUSE = 1500;
const RETRY = 5000;
const UNAVAILABLE = 500;
const FORBIDDEN = 403;
const OFFLINE = "offline";
const form = document.getElementById("tu-cham");
const said = document.getElementById("luu");
const waiting = new Map();
const timers = new Map();
let busy = false;

form.autocomplete = "off";
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") location.reload();

const WORDS = {
  typing: ["Chưa lưu", "off"],
  saving: ["Đang lưu…", "wait"],
  offline: ["Chưa lưu: mất mạng, đang thử lại", "off"],
  conflict: ["Xung đột: chọn bản để giữ", "bad"],
  refused: ["Bị từ chối", "bad"],
  "signed-out": ["Chưa lưu: phiên đã hết hạn", "bad"],
  another: ["Chưa lưu: đang đăng nhập bằng tài khoản khác", "bad"],
};

function say(place, words, kind) {
  if (!place) return;
  place.textContent = words;
  place.className = `save save--${kind}`;
}

function show(row, state) {
  const [words, kind] = WORDS[state];
  say(row.querySelector("[data-save]"), words, kind);
  // What is typed is not announced at every key: only what became of it.
  if (state !== "typing") say(said, state === "refused" ? `Mục ${row.dataset.code}: bị từ chối` : words, kind);
  if (state === "signed-out" || state === "another") offerSignIn();
}

function offerSignIn() {
  if (!said) return;
  const link = document.createElement("a");
  Object.assign(link, { href: form.dataset.signIn, target: "_blank", textContent: "Đăng nhập ở thẻ mới" });
  said.append(". ", link, " rồi quay lại đây: những gì đã gõ còn nguyên và được lưu tiếp.");
}

function fieldsOf(row) {
  const data = new FormData();
  for (const field of row.querySelectorAll("input, textarea, select")) {
    const isChoice = field.type === "radio" || field.type === "checkbox";
    if (field.name && !field.disabled && (!isChoice || field.checked)) data.append(field.name, field.value);
  }
  return data;
}

function queue(row, asked = false) {
  clearTimeout(timers.get(row));
  timers.delete(row);
  waiting.delete(row.id);
  waiting.set(row.id, () => ({ row, address: row.dataset.row, data: fieldsOf(row), asked }));
  return work();
}

async function work() {
  if (busy) return;
  busy = true;
  try {
    while (waiting.size) {
      const [id, make] = waiting.entries().next().value;
      waiting.delete(id);
      const again = await send(make());
      if (again) {
        if (!waiting.has(id)) waiting.set(id, make);
        if (again === OFFLINE) setTimeout(work, RETRY);
        return;
      }
    }
  } finally {
    busy = false;
  }
}

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    return null;
  }
}

function post(address, data) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "HX-Request": "true", "X-CSRFToken": token };
  return reach(address, { method: "POST", body: data, headers, keepalive: true });
}

const isOut = (answer) => answer.redirected || answer.status === FORBIDDEN;
const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

/* Why a row cannot be sent in this session, after looking at the page anew; nothing where it can be sent again.
   A session that began in another tab has a token of its own, and may be somebody else's. */
async function renewed() {
  const answer = await reach(location.href);
  if (!answer || answer.status >= UNAVAILABLE) return OFFLINE;
  if (answer.redirected) return "signed-out";
  const fresh = (await parsed(answer)).getElementById("tu-cham");
  if (fresh && fresh.dataset.person !== form.dataset.person) return "another";
  const token = fresh?.querySelector("[name=csrfmiddlewaretoken]");
  if (token) form.querySelector("[name=csrfmiddlewaretoken]").value = token.value;
  return fresh ? "" : "refused";
}

/* Nothing, or why it has to be sent again. */
async function send({ row, address, data, asked }) {
  show(row, "saving");
  row.classList.remove("is-unsaved");
  let answer = await post(address, data);
  let again = !answer || answer.status >= UNAVAILABLE ? OFFLINE : "";
  if (!again && isOut(answer)) {
    again = await renewed();
    if (!again) answer = await post(address, data);
    if (!answer) again = OFFLINE;
  }
  if (again && again !== "refused") {
    row.classList.add("is-unsaved");
    show(row, again);
    return again;
  }
  if (isOut(answer) || ![200, 409, 422].includes(answer.status)) {
    row.classList.add("is-unsaved");
    show(row, "refused");
    const why = (await parsed(answer)).querySelector(".page-head__lead");
    if (why && said) said.append(`. ${why.textContent.trim()}`);
    return "";
  }
  take(row, await answer.text());
  settle(document.getElementById(row.id), answer.status, asked);
  return "";
}

function take(row, html) {
  // Typed again while it was being saved: what is sent next is newer than what has come back.
  const typed = row.classList.contains("is-unsaved");
  window.htmx.swap(document.body, html, { swapStyle: "none", swapDelay: 0, settleDelay: 0 });
  if (typed) show(row, "typing");
}

function settle(row, status, asked) {
  for (const field of row.querySelectorAll("input:not([type=hidden]), textarea")) {
    const slot = row.querySelector(`[id="${field.id.replace(/(?<=-(met|level|judged))_\d+$/, "")}_loi"]`);
    const error = slot?.querySelector(".field__error");
    field.toggleAttribute("aria-invalid", Boolean(error));
    if (error) field.setAttribute("aria-invalid", "true");
    if (error) field.setAttribute("aria-describedby", error.id);
    else field.removeAttribute("aria-describedby");
  }
  row.classList.toggle("is-faulty", status !== 200);
  if (status === 200) {
    say(said, row.querySelector("[data-save]").textContent.trim() || "Không có gì thay đổi", "ok");
    return;
  }
  row.classList.add("is-unsaved");
  if (document.querySelector("#khoa[data-closed]")) close(row);
  else if (document.querySelector("#hop-thoai dialog")) choose(row, asked);
  else show(row, "refused");
}

function close(row) {
  show(row, "refused");
  for (const field of form.querySelectorAll("input:not([type=hidden]), textarea")) {
    if (field.type === "radio" || field.type === "checkbox") field.disabled = true;
    else field.readOnly = true;
  }
  form.querySelector("button[type=submit]")?.remove();
  waiting.clear();
}

function choose(row, asked) {
  show(row, "conflict");
  // Who is typing in the row goes on: leaving it saves again, and then the choice is theirs.
  if (!asked && row.contains(document.activeElement) && isText(document.activeElement)) return;
  const dialog = document.querySelector("#hop-thoai dialog");
  dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    dialog.close();
    waiting.set(row.id, () => ({ row, address: row.dataset.row, data, asked: true }));
    work();
  });
  dialog.addEventListener("close", () => (row.querySelector("input:not([type=hidden]), textarea") ?? row).focus());
  if (!dialog.open) dialog.showModal();
}

const rowOf = (element) => element.closest("tr[data-row]");
const isText = (element) => element.matches("textarea, input[type=text]");

form.addEventListener("input", (event) => {
  const row = rowOf(event.target);
  if (!row) return;
  row.classList.add("is-unsaved");
  if (!isText(event.target)) {
    queue(row);
    return;
  }
  show(row, "typing");
  clearTimeout(timers.get(row));
  if (event.target.matches("textarea")) timers.set(row, setTimeout(() => queue(row), PAUSE));
});

form.addEventListener("focusout", (event) => {
  const row = rowOf(event.target);
  if (!row?.classList.contains("is-unsaved") || !isText(event.target)) return;
  // The numbers of one row belong together: half of a ratio is not sent.
  const together = event.target.closest(".score__fields");
  if (!together?.contains(event.relatedTarget)) queue(row);
});

form.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key.toLowerCase() === "s" && event.ctrlKey) {
    event.preventDefault();
    const row = rowOf(event.target);
    if (row?.classList.contains("is-unsaved")) queue(row, true);
    return;
  }
  if (event.key !== "Enter" || !event.target.matches("input[type=text]")) return;
  event.preventDefault();
  const inputs = [...form.querySelectorAll("tr[data-row] input[type=text]")];
  const place = [...rowOf(event.target).querySelectorAll("input[type=text]")].indexOf(event.target);
  const rows = [...new Set(inputs.map(rowOf))];
  const next = rows[rows.indexOf(rowOf(event.target)) + 1];
  const fields = next ? [...next.querySelectorAll("input[type=text]")] : [];
  const target = fields[Math.min(place, fields.length - 1)];
  if (target) target.focus();
  else event.target.blur();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const unsaved = [...form.querySelectorAll("tr[data-row].is-unsaved")];
  unsaved.forEach((row) => queue(row, true));
  if (!unsaved.length && !busy) say(said, "Không còn gì chưa lưu", "ok");
});

window.addEventListener("online", work);
window.addEventListener("focus", work);
window.addEventListener("beforeunload", (event) => {
  if (waiting.size || form.querySelector("tr.is-unsaved")) event.preventDefault();
});
