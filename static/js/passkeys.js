// Lets the browser make a passkey or show one, and sends what it answers with the form.
(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const act = form.dataset.passkey;
  const say = (sentence) => {
    const box = form.querySelector("[role=alert]");
    box.textContent = sentence;
    box.hidden = !sentence;
  };
  const ask = async () => {
    say("");
    try {
      const read = act === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
      const publicKey = PublicKeyCredential[read](JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[act]({ publicKey });
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      say(form.dataset.refused); // cancelled, too late, or a browser without passkeys
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  ask();
})();
