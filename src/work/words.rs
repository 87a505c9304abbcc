//! The words of the inspection at the car, each in both languages beside each other: the server puts them on the page, and
//! its script says what happens with them.

use serde::Serialize;

use crate::language::Language;

macro_rules! words {
    ($($name:ident: $english:literal, $spanish:literal;)+) => {
        /// Every word of the page. `{n}` and the like stand where something is put in.
        #[derive(Debug, PartialEq, Eq, Serialize)]
        pub(super) struct Words {
            $(pub(super) $name: &'static str,)+
        }

        const ENGLISH: Words = Words { $($name: $english,)+ };
        const SPANISH: Words = Words { $($name: $spanish,)+ };
    };
}

words! {
    my_work: "My work", "Mi trabajo";
    start: "Start the inspection", "Empezar la inspección";
    take: "Take it and start", "Tomarla y empezar";
    needs_script: "This page needs JavaScript. The inspection can be read without it:",
        "Esta página necesita JavaScript. Sin él, la inspección se puede leer:";
    green: "Green", "Verde";
    yellow: "Yellow", "Amarillo";
    red: "Red", "Rojo";
    not_applicable: "n/a", "n/a";
    not_on_this_car: "Not on this car", "No tiene este vehículo";
    optional: "optional", "opcional";
    last_time: "Last time {value}", "Antes {value}";
    last_time_na: "Last time not on the car", "Antes: no tenía";
    first_time: "First time", "Primera vez";
    proposes: "{value} proposes {colour}.", "{value} propone {colour}.";
    you_chose: "You chose {colour}.", "Usted eligió {colour}.";
    off_scale: "Not kept. From {min} to {max}, in steps of {step}.", "No se guarda. De {min} a {max}, de {step} en {step}.";
    off_range: "Not kept. From {min} to {max}.", "No se guarda. De {min} a {max}.";
    kept_as: "Kept as {value}, the nearest 32nd of an inch", "Se guarda como {value}, el 1/32 de pulgada más cercano";
    red_up_to: "red up to {value}", "rojo hasta {value}";
    red_from: "red from {value}", "rojo desde {value}";
    yellow_up_to: "yellow up to {value}", "amarillo hasta {value}";
    needs_reason: "Needs a note or a photo", "Falta una nota o una foto";
    photo: "Photo", "Foto";
    own_note: "Own note", "Nota propia";
    note_for: "Note: {label}", "Nota: {label}";
    rest_is_green: "Rest is green", "Lo demás, verde";
    rest_again: "Undo {n} green", "Deshacer {n} verdes";
    rating_gone: "Rating taken back", "Calificación retirada";
    measure_first: "Measure first: {list}", "Mida primero: {list}";
    rest_done: "Everything here is rated", "Aquí todo está revisado";
    done_missing: "{done} of {all} rated, {missing} still to do", "{done} de {all} revisados, {missing} por completar";
    all_optional: "Nothing here is required", "Aquí nada es obligatorio";
    all_done: "All {all} done", "Los {all} listos";
    still_missing: "{n} still missing in {category}", "Faltan {n} en {category}";
    missing_rating: "rating", "revisar";
    missing_reason: "note or photo", "nota o foto";
    of_all: "{done} of {all}", "{done} de {all}";
    progress: "{done} of {all} checked, now at {category}", "{done} de {all} revisados, ahora en {category}";
    all_categories: "All categories", "Todas las categorías";
    the_car: "The car", "El vehículo";
    came_for: "Came for", "Viene por";
    nothing_told: "The customer told the desk nothing special.", "El cliente no dijo nada en especial.";
    odometer: "Odometer", "Odómetro";
    vin: "VIN", "VIN";
    plate: "Plate", "Placa";
    vin_length: "A VIN has 17 characters. Look again.", "Un VIN tiene 17 caracteres. Revise otra vez.";
    vin_letters: "A VIN has no I, O or Q. Look again.", "Un VIN no lleva I, O ni Q. Revise otra vez.";
    vin_digit: "Looks mistyped: its check digit does not fit. It is kept all the same.",
        "Parece mal escrito: el dígito de control no coincide. Se guarda de todos modos.";
    finish: "Finish", "Terminar";
    nothing_missing: "Nothing is missing", "No falta nada";
    missing_in_all: "{n} still missing", "Faltan {n}";
    complete: "Complete the inspection", "Terminar la inspección";
    complete_anyway: "A manager can complete it as it is, on the review.",
        "Un gerente puede terminarla así, en la revisión.";
    completing: "It is completed as soon as everything is saved.", "Se termina en cuanto todo esté guardado.";
    completed: "Completed", "Terminada";
    photos_target: "{n} photos. 8 to 12 convince a customer.", "{n} fotos. De 8 a 12 convencen al cliente.";
    all_saved: "All saved", "Todo guardado";
    waiting: "{n} waiting", "{n} en espera";
    one_photo: "1 photo", "1 foto";
    photos: "{n} photos", "{n} fotos";
    refused: "{n} refused", "{n} sin aceptar";
    logged_out: "Log in to save", "Entre para guardar";
    not_kept: "This phone can't keep your taps", "Este teléfono no guarda lo que toca";
    not_kept_why: "Its browser refuses to store anything, as it does in private windows. Open the page in a normal window, or send nothing without network.",
        "El navegador no permite guardar nada, como en una ventana privada. Abra la página en una ventana normal.";
    no_worker: "Over plain http this page can't open without network. What you tap is kept on the phone all the same.",
        "Sin https esta página no se abre sin conexión. Lo que toque se guarda en el teléfono de todos modos.";
    queue: "On this phone", "En este teléfono";
    queue_empty: "Everything you did is with the shop.", "Todo lo que hizo está en el taller.";
    kept_here: "Kept on this phone and sent as soon as it can be. You can close the page.",
        "Se guarda en este teléfono y se envía en cuanto se pueda. Puede cerrar la página.";
    send_now: "Send now", "Enviar ahora";
    log_in_again: "Log in again", "Entrar otra vez";
    session_ended: "You were logged out. Log in as {name} and it goes on by itself; nothing is lost.",
        "Su sesión terminó. Entre como {name} y sigue solo; no se pierde nada.";
    try_again: "Try again", "Intentar otra vez";
    discard: "Discard mine", "Descartar lo mío";
    discard_sure: "Discard it for good?", "¿Descartarlo para siempre?";
    keep_mine: "Keep mine", "Dejar lo mío";
    take_theirs: "Take theirs", "Tomar lo otro";
    changed_by_other: "Changed on another phone meanwhile: {theirs}", "Otro teléfono lo cambió: {theirs}";
    taken_back: "not rated any more", "ya sin revisar";
    why_state: "The inspection is no longer in progress, so this was not taken. It goes by itself once a manager sends it back to you.",
        "La inspección ya no está abierta y esto no se aceptó. Se envía solo en cuanto un gerente se la devuelva.";
    why_forbidden: "It was given to somebody else, so this was not taken. It goes by itself once it is yours again.",
        "Se asignó a otra persona y esto no se aceptó. Se envía solo en cuanto vuelva a ser suya.";
    why_not_completed: "It was no longer in progress, or no longer yours, so this did not complete it. Complete it again once it is back with you.",
        "Ya no estaba en curso, o ya no era suya, así que no se completó. Complétela otra vez cuando vuelva a tenerla.";
    why_gone: "The inspection was deleted.", "La inspección se borró.";
    why_incomplete: "Something is still missing.", "Todavía falta algo.";
    why_inactive: "The subscription of the shop is inactive.", "La suscripción del taller no está activa.";
    why_photo_limit: "An inspection has 60 photos at most. Delete one that tells little, then try again.",
        "Una inspección tiene 60 fotos como máximo. Borre una que diga poco e intente otra vez.";
    why_photo_large: "This picture has more than 12 MB, and this phone can't make it smaller. Set the camera to JPEG and take it again.",
        "Esta foto tiene más de 12 MB y este teléfono no puede reducirla. Ponga la cámara en JPEG y tómela otra vez.";
    why_photo_kind: "This is no JPEG, PNG or WebP picture. Set the camera to its most compatible format and take it again.",
        "Esto no es una imagen JPEG, PNG ni WebP. Ponga la cámara en su formato más compatible y tómela otra vez.";
    why_photo: "This picture can't be read. Take it again.", "No se puede leer esta foto. Tómela otra vez.";
    why_photo_gone: "This picture is no longer on the phone. Take it again.", "Esta foto ya no está en el teléfono. Tómela otra vez.";
    why_other: "The shop's records did not take it: {detail}.", "No se aceptó: {detail}.";
    close: "Close", "Cerrar";
    back: "Back", "Atrás";
    photo_waiting: "waiting", "en espera";
    photo_refused: "refused", "sin aceptar";
    caption: "Caption", "Descripción";
    draw_arrow: "Arrow", "Flecha";
    draw_circle: "Circle", "Círculo";
    undo: "Undo", "Deshacer";
    save: "Save", "Guardar";
    delete_photo: "Delete the photo", "Borrar la foto";
    photos_of_car: "Photos of the car", "Fotos del vehículo";
    front: "Front", "Frente";
    rear: "Rear", "Atrás";
    left: "Left", "Izquierda";
    right: "Right", "Derecha";
    damage: "Damage", "Daño";
    photo_of: "Photo: {label}", "Foto: {label}";
}

impl Words {
    /// The words in this language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }
}
