// Sends again what was entered before the session ended; without script there is a button for that.
document.getElementById("go-on").submit();
