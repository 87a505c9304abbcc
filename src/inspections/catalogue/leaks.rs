//! What gets out: dry is green, a seep yellow, a drip red.

use super::{Category, Component, WITH_ENGINE};

pub(super) const CATEGORY: Category = Category {
    key: "leaks",
    label: "Leaks",
    spanish: "Fugas",
    components: &[
        Component::new("engine_oil", "Engine oil leaks", "Fugas de aceite del motor")
            .only(WITH_ENGINE)
            .yellow(&["Valve cover seeps", "Oil pan gasket seeps", "Damp around the filter or plug"])
            .red(&["Valve cover drips on the exhaust", "Oil pan drips", "Drips at the rear main seal"]),
        Component::new("coolant", "Coolant leaks", "Fugas de refrigerante")
            .yellow(&["Dried traces at the pump", "Radiator seam seeps", "Damp at a hose end"])
            .red(&["Pump drips", "Radiator drips", "Hose drips", "Losing coolant, pressure test it"]),
        Component::new("transmission", "Transmission fluid leaks", "Fugas de aceite de transmisión")
            .only(WITH_ENGINE)
            .yellow(&["Pan gasket seeps", "Cooler line fitting damp"])
            .red(&["Pan drips", "Cooler line drips", "Drips at the front seal"]),
        Component::new("brake", "Brake fluid leaks", "Fugas de líquido de frenos")
            .yellow(&["Bleeder screw damp", "Steel line rusty, dry so far"])
            .red(&["Line leaks, do not drive", "Wheel cylinder leaks", "Master cylinder leaks"]),
        Component::new("power_steering", "Power steering leaks", "Fugas de la dirección hidráulica")
            .only(WITH_ENGINE)
            .yellow(&["Hose crimp seeps", "Pump damp"])
            .red(&["Pressure hose drips", "Pump seal drips", "Rack drips"]),
        Component::new("fuel", "Fuel leaks", "Fugas de combustible")
            .only(WITH_ENGINE)
            .yellow(&[
                "Smells of fuel, nothing wet found",
                "Filler neck rusty, dry so far",
                "Fuel line rusty, dry so far",
            ])
            .red(&["Line drips, do not drive", "Tank leaks, do not drive", "Wet at the injectors"]),
    ],
};
