//! The words of the report's pages in each language. What shops, mechanics and customers wrote themselves
//! is not translated.

use crate::inspections::severity::Severity;
use crate::inspections::{Answer, PhotoKind};
use crate::language::Language;

/// Every word that stands on the pages as it is. Sentences with something in them are made in `sentences.rs`.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Which language these are.
    pub language: Language,
    pub(super) call: &'static str,
    pub(super) to_fix_now: &'static str,
    pub(super) to_watch: &'static str,
    pub(super) checked_fine: &'static str,
    pub(super) you_told_us: &'static str,
    pub(super) needs_attention: &'static str,
    pub(super) may_need_attention: &'static str,
    pub(super) fine: &'static str,
    pub(super) not_inspected: &'static str,
    pub(super) your_car: &'static str,
    pub(super) photos: &'static str,
    pub(super) close: &'static str,
    pub(super) earlier_photo: &'static str,
    pub(super) next_photo: &'static str,
    pub(super) what_to_do: &'static str,
    pub(super) change: &'static str,
    pub(super) unreached: &'static str,
    pub(super) questions: &'static str,
    pub(super) text_us: &'static str,
    pub(super) call_us: &'static str,
    pub(super) makers_data: &'static str,
    pub(super) open_report: &'static str,
    pub(super) ended: Notice,
    pub(super) updated: Notice,
    pub(super) unanswered: Notice,
    pub(super) changed: Notice,
}

/// A page that says one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) title: &'static str,
    pub(super) words: &'static str,
}

impl Words {
    /// The words in this language.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }

    /// What a customer presses to give an answer.
    pub(super) fn answers(&self) -> [(Answer, &'static str); 3] {
        let [do_it, later, call_me] = match self.language {
            Language::English => ["Please do it", "Later", "Call me"],
            Language::Spanish => ["Sí, háganlo", "Después", "Llámenme"],
        };
        [(Answer::DoIt, do_it), (Answer::Later, later), (Answer::CallMe, call_me)]
    }

    /// What stands there once it is given.
    pub(super) fn answered(&self, answer: Answer) -> &'static str {
        match (self.language, answer) {
            (Language::English, Answer::DoIt) => "You asked us to do this.",
            (Language::English, Answer::Later) => "You said later.",
            (Language::English, Answer::CallMe) => "You asked us to call you.",
            (Language::Spanish, Answer::DoIt) => "Nos pidió hacerlo.",
            (Language::Spanish, Answer::Later) => "Nos dijo que después.",
            (Language::Spanish, Answer::CallMe) => "Nos pidió que le llamemos.",
        }
    }

    /// What of the car a photo shows.
    pub(super) fn side(&self, kind: PhotoKind) -> &'static str {
        match (self.language, kind) {
            (Language::English, PhotoKind::Front) => "the front",
            (Language::English, PhotoKind::Rear) => "the rear",
            (Language::English, PhotoKind::Left) => "the left side",
            (Language::English, PhotoKind::Right) => "the right side",
            (Language::English, PhotoKind::Vin) => "the VIN plate",
            (Language::English, PhotoKind::Odometer) => "the odometer",
            (Language::English, PhotoKind::Damage) => "damage that was there before",
            (Language::English, PhotoKind::Other) => "the car",
            (Language::Spanish, PhotoKind::Front) => "el frente",
            (Language::Spanish, PhotoKind::Rear) => "la parte trasera",
            (Language::Spanish, PhotoKind::Left) => "el lado izquierdo",
            (Language::Spanish, PhotoKind::Right) => "el lado derecho",
            (Language::Spanish, PhotoKind::Vin) => "la placa del VIN",
            (Language::Spanish, PhotoKind::Odometer) => "el odómetro",
            (Language::Spanish, PhotoKind::Damage) => "daños que ya tenía",
            (Language::Spanish, PhotoKind::Other) => "el vehículo",
        }
    }

    /// A colour that a number proposed and the mechanic did not choose.
    pub(super) fn by_the_number(&self, proposed: Severity) -> &'static str {
        match (self.language, proposed) {
            (Language::English, Severity::Green) => "By the number alone this would be green.",
            (Language::English, Severity::Yellow) => "By the number alone this would be yellow.",
            (Language::English, Severity::Red) => "By the number alone this would be red.",
            (Language::Spanish, Severity::Green) => "Solo por la medida sería verde.",
            (Language::Spanish, Severity::Yellow) => "Solo por la medida sería amarillo.",
            (Language::Spanish, Severity::Red) => "Solo por la medida sería rojo.",
        }
    }
}

static ENGLISH: Words = Words {
    language: Language::English,
    call: "Call",
    to_fix_now: "to fix now",
    to_watch: "to watch",
    checked_fine: "checked, fine",
    you_told_us: "You told us",
    needs_attention: "Needs attention now",
    may_need_attention: "May need attention soon",
    fine: "Checked and fine",
    not_inspected: "Not inspected",
    your_car: "Your car when it came",
    photos: "Photos",
    close: "Close",
    earlier_photo: "Photo before",
    next_photo: "Next photo",
    what_to_do: "What should we do?",
    change: "Change",
    unreached: "That did not reach us. Check your connection, then press again.",
    questions: "Questions? Ask us",
    text_us: "Text us",
    call_us: "Call us",
    makers_data: "Where the vehicle maker's own service data differs from these thresholds, the maker's counts.",
    open_report: "Open the report",
    ended: Notice {
        title: "This link has ended",
        words: "For your privacy, links to reports end after a while. Ask us for a new one.",
    },
    updated: Notice {
        title: "Your report is being updated",
        words: "We are looking at something again. This same link shows the report as soon as it is done.",
    },
    unanswered: Notice {
        title: "Your report is being updated",
        words: "We are looking at something again, so your answer was not noted. This same link shows the report as \
                soon as it is done: please answer then.",
    },
    changed: Notice {
        title: "This report has changed",
        words: "What you answered about no longer needs attention on it, so your answer was not noted. Have a look at \
                the report as it is now.",
    },
};

static SPANISH: Words = Words {
    language: Language::Spanish,
    call: "Llamar",
    to_fix_now: "por atender ya",
    to_watch: "por vigilar",
    checked_fine: "están bien",
    you_told_us: "Lo que nos comentó",
    needs_attention: "Requiere atención ahora",
    may_need_attention: "Podría requerir atención pronto",
    fine: "Revisado y en buen estado",
    not_inspected: "Sin revisar",
    your_car: "Su vehículo cuando llegó",
    photos: "Fotos",
    close: "Cerrar",
    earlier_photo: "Foto anterior",
    next_photo: "Foto siguiente",
    what_to_do: "¿Qué quiere que hagamos?",
    change: "Cambiar",
    unreached: "No nos llegó su respuesta. Revise su conexión y vuelva a intentarlo.",
    questions: "¿Preguntas? Estamos para ayudarle",
    text_us: "Mandar mensaje",
    call_us: "Llámenos",
    makers_data: "Si los datos de servicio del fabricante difieren de estos límites, valen los del fabricante.",
    open_report: "Abrir el reporte",
    ended: Notice {
        title: "Este enlace ya venció",
        words: "Para proteger su privacidad, los enlaces a los reportes vencen después de un tiempo. Pídanos uno nuevo.",
    },
    updated: Notice {
        title: "Estamos actualizando su reporte",
        words: "Estamos revisando algo de nuevo. Este mismo enlace mostrará el reporte en cuanto esté listo.",
    },
    unanswered: Notice {
        title: "Estamos actualizando su reporte",
        words: "Estamos revisando algo de nuevo, por eso no anotamos su respuesta. Este mismo enlace mostrará el reporte \
                en cuanto esté listo: responda entonces, por favor.",
    },
    changed: Notice {
        title: "Este reporte cambió",
        words: "Lo que usted respondió ya no requiere atención, por eso no anotamos su respuesta. Vea el reporte como \
                está ahora.",
    },
};
