//! Four wheels, the spare, and the air in them.

use super::{Category, Component, Dial, Direction, Measurement, Unit};
use crate::language::Both;

pub(super) const CATEGORY: Category = Category {
    key: "tires",
    label: "Tires",
    spanish: "Llantas",
    components: &[
        tread("tread_depth_lf", "Tire tread, left front", "Dibujo de la llanta delantera izquierda"),
        tread("tread_depth_rf", "Tire tread, right front", "Dibujo de la llanta delantera derecha"),
        tread("tread_depth_lr", "Tire tread, left rear", "Dibujo de la llanta trasera izquierda"),
        tread("tread_depth_rr", "Tire tread, right rear", "Dibujo de la llanta trasera derecha"),
        condition("condition_lf", "Tire condition, left front", "Estado de la llanta delantera izquierda"),
        condition("condition_rf", "Tire condition, right front", "Estado de la llanta delantera derecha"),
        condition("condition_lr", "Tire condition, left rear", "Estado de la llanta trasera izquierda"),
        condition("condition_rr", "Tire condition, right rear", "Estado de la llanta trasera derecha"),
        Component::new("spare", "Spare tire or repair kit", "Llanta de refacción o kit de reparación")
            .yellow(&["Low on air", "Over ten years old by its date code", "Jack or wheel wrench missing"])
            .red(&["Flat, will not hold air", "Spare missing", "Sealant used up or out of date"]),
        Component::new("pressure", "Tire pressure", "Presión de las llantas")
            .yellow(&["Low, set to the door placard", "Too high, set to the door placard", "Lost air, slow leak"])
            .red(&["Nearly flat, losing air", "Valve stem leaks", "Leaks between tire and rim"]),
        Component::new("tpms_lamp", "Tire pressure warning lamp", "Testigo de presión de llantas")
            .yellow(&["Lamp on, pressure was low", "Sensor battery weak, replace with the next tires"])
            .red(&["Lamp flashes, system cannot warn", "Sensor broken", "Lamp does not come on at start"]),
    ],
};

/// The lowest of three points across the tread.
///
/// America's Tire says replace at 4/32 in and refuses the tire at 2/32 in; Maryland (COMAR 11.14.05.05) and
/// Utah (R714-160) reject one under 2/32 in.
const TREAD_DEPTH: Measurement = Measurement {
    unit: Unit::ThirtySecondsOfAnInch,
    min: 0.0,
    max: 20.0,
    step: 1.0,
    yellow_from: Some(4.0),
    red_from: 2.0,
    direction: Direction::LowerIsWorse,
    advice: Both { english: "Replace at 2/32 in.", spanish: "Reemplazar a 2/32 pulg." },
    metric_advice: Some(&Both { english: "Replace at 1.6 mm.", spanish: "Reemplazar a 1.6 mm." }),
    dial: &Dial { from: 0.0, to: 12.0, tick: 1.0, numbered: &[2.0, 4.0] },
};

const fn tread(key: &'static str, label: &'static str, spanish: &'static str) -> Component {
    Component::new(key, label, spanish)
        .required()
        .measured(TREAD_DEPTH)
        .yellow(&[
            "Getting low, plan for new tires",
            "Inner edge wears faster, check alignment",
            "Outer edge wears faster, check alignment",
            "Center wears faster, pressure was too high",
        ])
        .red(&["Level with the wear bars, replace", "Bald on one edge, replace and align", "Cords showing"])
}

const fn condition(key: &'static str, label: &'static str, spanish: &'static str) -> Component {
    Component::new(key, label, spanish)
        .yellow(&[
            "Fine cracks in the sidewall",
            "Tread cupped, hums on the road",
            "Nail in the tread, can be repaired",
            "Over six years old by its date code",
        ])
        .red(&[
            "Bulge in the sidewall, can burst",
            "Sidewall cut to the cords",
            "Nail in the shoulder, cannot be repaired",
            "Tread separating",
        ])
}
