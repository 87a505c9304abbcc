//! What others see and hear of the car, and what the dash tells its driver.

use super::{Category, Component};

pub(super) const CATEGORY: Category = Category {
    key: "lights",
    label: "Lights",
    spanish: "Luces",
    components: &[
        Component::new("headlamps", "Headlamps, low and high beam", "Faros, luz baja y alta")
            .required()
            .yellow(&["Lens cloudy, polish", "Aim is off", "One dimmer than the other", "Moisture inside the lens"])
            .red(&["Left low beam out", "Right low beam out", "High beam out", "Lens broken"]),
        Component::new("tail_lamps", "Tail lamps", "Luces traseras")
            .required()
            .yellow(&["Lens cracked, still dry", "One dimmer than the other", "Some LEDs out"])
            .red(&["Left tail lamp out", "Right tail lamp out", "Lens broken, shows white"]),
        Component::new("brake_lamps", "Brake lamps, with center", "Luces de freno, incluida la central")
            .required()
            .yellow(&["Lens cracked, still dry", "One dimmer than the others", "Some LEDs out"])
            .red(&["Left brake lamp out", "Right brake lamp out", "Center brake lamp out", "All out, check switch"]),
        Component::new("turn_signals", "Turn signals", "Direccionales")
            .required()
            .yellow(&["Amber faded, shows white", "Side repeater out", "Lens cracked, still dry"])
            .red(&["Front one out", "Rear one out", "One side does not flash"]),
        Component::new("hazard_lamps", "Hazard lights", "Intermitentes de emergencia")
            .yellow(&["Switch sticks", "Flash unevenly"])
            .red(&["Do not flash", "Switch broken"]),
        Component::new("reverse_lamps", "Reverse lamps", "Luces de reversa")
            .yellow(&["One of two out", "Water inside the lens"])
            .red(&["Both out", "Stay on while driving forward"]),
        Component::new("plate_lamps", "License plate lamps", "Luces de la placa")
            .yellow(&["One of two out", "Lens dirty, plate hard to read"])
            .red(&["All out, plate not lit", "Lamp hangs by its wire"]),
        Component::new("fog_lamps", "Fog lamps", "Faros de niebla")
            .yellow(&["One out", "Aim is off", "Moisture inside the lens"])
            .red(&["Both out", "Lens broken, full of water", "Bracket broken, lamp loose"]),
        Component::new("horn", "Horn", "Claxon")
            .required()
            .yellow(&["Weak, one of two horns out", "Works only at one spot of the pad"])
            .red(&["Silent", "Sticks on"]),
        Component::new("warning_lamps", "Dash warning lamps", "Testigos del tablero")
            .required()
            .yellow(&["Service reminder on", "Amber lamp on, codes to be read"])
            .red(&["Airbag lamp on", "Brake or ABS lamp on", "Temperature lamp on", "Lamp flashes, do not drive on"]),
    ],
};
