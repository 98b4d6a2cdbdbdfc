//! Closed sets that several capabilities use.

use super::closed_set;

closed_set! {
    /// Where an order was created (渠道).
    pub enum Channel {
        /// The web.
        Online = "online" ["线上商城", "Online"],
        /// A county's hall (专馆).
        Hall = "hall" ["专馆", "Halls"],
        /// Shelves in a supermarket (专区).
        Zone = "zone" ["专区", "Zones"],
        /// A cabinet (专柜).
        Cabinet = "cabinet" ["专柜", "Cabinets"],
        /// A unit that buys for its people (单位集采).
        Bulk = "bulk" ["单位集采", "Bulk"],
        /// A union's gifts (工会福利).
        Welfare = "welfare" ["工会福利", "Welfare"],
        /// A fair (展销).
        Event = "event" ["展销", "Events"],
    }
}

closed_set! {
    /// Who buys, as reports tell them apart.
    pub enum BuyerClass {
        /// A person.
        Individual = "individual" ["个人", "Individuals"],
        /// A unit (单位).
        Unit = "unit" ["单位", "Units"],
    }
}

closed_set! {
    /// How the goods reach the buyer.
    pub enum Fulfilment {
        /// To the address.
        Delivery = "delivery",
        /// Picked up at an outlet (自提).
        Pickup = "pickup",
    }
}

closed_set! {
    /// Whether goods may be returned without a reason (消法 art. 25).
    pub enum ReturnClass {
        /// Fresh and perishable: no.
        Fresh = "fresh" ["鲜活易腐，不适用七天无理由", "Fresh: no return without a reason"],
        /// Within seven days.
        SevenDay = "seven_day" ["七天无理由退货", "Seven days without a reason"],
        /// Made to order: no.
        Custom = "custom" ["定作，不适用七天无理由", "Made to order: no return without a reason"],
    }
}

closed_set! {
    /// Who carries a parcel.
    pub enum Carrier {
        /// 中通.
        Zto = "zto" ["中通", "ZTO"],
        /// 邮政 EMS.
        Ems = "ems" ["邮政 EMS", "EMS"],
        /// 京东.
        Jd = "jd" ["京东", "JD"],
        /// 顺丰.
        Sf = "sf" ["顺丰", "SF"],
        /// Local delivery from a hall.
        Local = "local" ["本地配送", "Local delivery"],
        /// Another.
        Other = "other" ["快递", "Courier"],
    }
}

closed_set! {
    /// How far down a region stands (行政区划).
    pub enum RegionLevel {
        /// 省.
        Province = "province",
        /// 市.
        City = "city",
        /// 区县.
        County = "county",
        /// 街道、乡镇.
        Town = "town",
    }
}
