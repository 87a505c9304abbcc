//! What keeps the wheels pointing where the driver wants, checked on the lift.

use super::{Category, Component};

pub(super) const CATEGORY: Category = Category {
    key: "steering_suspension",
    label: "Steering and suspension",
    spanish: "Dirección y suspensión",
    components: &[
        Component::new("tie_rods", "Tie rods", "Terminales de dirección")
            .required()
            .yellow(&["Slight play, within limits", "Boot cracked, grease still in"])
            .red(&[
                "Outer end loose, replace and align",
                "Inner end loose, replace and align",
                "Boot gone, joint dry",
            ]),
        Component::new("ball_joints", "Ball joints", "Rótulas")
            .required()
            .yellow(&["Slight play, within limits", "Boot cracked, grease still in"])
            .red(&["Play beyond limits, replace", "Loose, can separate", "Boot gone, joint rusty"]),
        Component::new("control_arms", "Control arms and bushings", "Horquillas y bujes")
            .yellow(&["Bushing cracked, not loose yet", "Bushing soaked with oil", "Surface rust on the arm"])
            .red(&["Bushing torn, arm moves", "Arm bent", "Arm rusted through"]),
        Component::new("sway_bar_links", "Sway bar links", "Enlaces de la barra estabilizadora")
            .yellow(&["Boot torn, not loose yet", "Bushing dry, squeaks"])
            .red(&["Loose, knocks over bumps", "Link broken"]),
        Component::new("struts_front", "Front struts or shocks", "Amortiguadores delanteros")
            .required()
            .yellow(&["Light oil film", "Dust boot torn", "Damping getting weak"])
            .red(&["Leaks, no damping left", "Upper mount worn, knocks when steering", "Rod bent"]),
        Component::new("struts_rear", "Rear struts or shocks", "Amortiguadores traseros")
            .required()
            .yellow(&["Light oil film", "Bump stop crumbling", "Damping getting weak"])
            .red(&["Leaks, no damping left", "Mount broken", "Tires cupped, replace both"]),
        Component::new("springs", "Springs", "Resortes")
            .yellow(&["Sags on one side", "Coating gone, rusting", "Air spring loses height overnight"])
            .red(&["Coil broken", "Leaf broken", "Out of its seat"]),
        Component::new("wheel_bearings", "Wheel bearings", "Baleros de las ruedas")
            .yellow(&["Faint hum at road speed", "Slightly rough by hand"])
            .red(&["Play at the wheel, replace", "Grinds, replace now"]),
        Component::new("rack_boots", "Steering rack and boots", "Cremallera de dirección y cubrepolvos")
            .yellow(&["Boot cracked", "Boot clamp loose", "Damp at the boot"])
            .red(&["Boot torn, dirt gets in", "Rack leaks", "Rack loose or worn, wheel has play"]),
        Component::new("alignment", "Wheel alignment", "Alineación de las ruedas")
            .yellow(&["Pulls slightly to one side", "Steering wheel off center", "Tires wear on one edge"])
            .red(&[
                "Pulls hard to one side",
                "Tire ruined on one edge, align with new tires",
                "Part bent, repair first",
            ]),
    ],
};
