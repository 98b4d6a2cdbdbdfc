//! Every "no" of the trade in one table: code, HTTP status, words in both languages.
//!
//! Problem documents, form errors and error pages take their words from here.

use std::fmt;

use super::Lang;

macro_rules! codes {
    ($($name:ident $text:literal $status:literal $zh:literal $en:literal;)*) => {
        /// What is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = concat!("`", $text, "`: ", $status, ".")] $name,)* }

        impl Code {
            /// Every code, for tests and the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code that programs hold on to.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// HTTP status of the answer.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            fn words(self, lang: Lang) -> &'static str {
                match self { $(Self::$name => lang.pick($zh, $en),)* }
            }
        }
    };
}

codes! {
    Invalid "invalid" 422 "有的内容不对，请按提示改好再提交。" "Some fields are not right; please correct them and send again.";
    Missing "missing" 422 "这一项必须填写。" "This field is required.";
    Unknown "unknown_field" 422 "没有这一项。" "There is no such field.";
    WrongType "wrong_type" 422 "这一项的类型不对，应为{expected}。" "This field has the wrong type; {expected} is needed.";
    OutOfRange "out_of_range" 422 "这一项应在 {min} 到 {max} 之间。" "This must be between {min} and {max}.";
    TooLong "too_long" 422 "这一项太长，最多 {max} 个字。" "This is too long; at most {max} characters.";
    Malformed "malformed" 422 "格式不对，例如：{example}。" "The form is not right; for example: {example}.";
    ZeroByte "zero_byte" 422 "文字里有看不见的空字符，请重新输入。" "The text holds a zero byte; please type it again.";
    Repeated "repeated" 422 "这一项重复了。" "This stands twice.";
    BadJson "bad_json" 422 "请求内容不是正确的 JSON。" "The body is not valid JSON.";
    TooLarge "too_large" 413 "内容太大。" "The body is too large.";
    QueryTooLong "query_too_long" 414 "地址太长，请从首页重新开始。" "The address is too long; please start again from the home page.";
    WrongMedia "wrong_media" 415 "请用 JSON 提交（Content-Type: application/json）。" "Please send JSON (Content-Type: application/json).";
    SignInNeeded "sign_in_needed" 401 "请先登录。" "Please sign in first.";
    BadCredentials "bad_credentials" 401 "账号或密码不对。" "The login or the password is not right.";
    SignInLocked "sign_in_locked" 429 "试错次数太多，请 {minutes} 分钟后再试，或请管理员重设密码。" "Too many tries; wait {minutes} minutes or ask the operator for a reset.";
    TooManyRequests "too_many_requests" 429 "操作太频繁，请稍等 {seconds} 秒。" "Too many requests; please wait {seconds} seconds.";
    Forbidden "forbidden" 403 "这个账号不能做这件事。" "This account may not do that.";
    CrossSite "cross_site" 403 "请求来自别的网站，已拒绝。" "The request came from another site and was refused.";
    NotFound "not_found" 404 "没有找到。" "Not found.";
    MethodNotAllowed "method_not_allowed" 405 "这个地址不支持这种操作。" "This address does not take that method.";
    LoginTaken "login_taken" 409 "这个账号名已经有人用了，换一个吧。" "This login is taken; please choose another.";
    WeakPassword "weak_password" 422 "密码至少 10 个字符，且不要用常见密码。" "A password needs at least 10 characters and must not be a common one.";
    ConsentNeeded "consent_needed" 422 "请先阅读，再勾选。" "Please read this and tick it first.";
    ResetCodeInvalid "reset_code_invalid" 422 "重设码不对、用过了或过期了，请向管理员再要一个。" "The reset code is wrong, used or expired; ask the operator for a new one.";
    AccountHasOpenOrders "account_has_open_orders" 409 "还有 {orders} 个订单没有完成，完成或取消后才能注销。" "{orders} orders are still open; finish or cancel them before closing the account.";
    UnknownSku "unknown_sku" 422 "没有规格 {sku}，或已下架。" "There is no SKU {sku}, or it was withdrawn.";
    UnknownRegion "unknown_region" 422 "没有这个地区，请从列表里选到区县。" "There is no such region; please choose down to the district.";
    UnknownOutlet "unknown_outlet" 422 "没有这个自提点。" "There is no such pick-up point.";
    EmptyCart "empty_cart" 422 "还没有选商品。" "Nothing was chosen yet.";
    NotServed "not_served" 422 "{coop}暂不送到这个地区（{sku}）。" "{coop} does not deliver to this region ({sku}).";
    OutOfStock "out_of_stock" 409 "库存不够：{sku} 还剩 {left} 件，请改少一些或换一种规格。" "Not enough in stock: {left} of {sku} left. Take fewer or choose another.";
    NotForSale "not_for_sale" 409 "{sku} 现在不在售，{back}再来。" "{sku} is not on sale now; back {back}.";
    CouponUnknown "coupon_unknown" 422 "没有优惠券 {coupon}。" "There is no coupon {coupon}.";
    CouponNotValid "coupon_not_valid" 422 "优惠券 {coupon} 不在有效期内。" "Coupon {coupon} is not valid today.";
    CouponBelowMinimum "coupon_below_minimum" 422 "商品满 {min} 才能用优惠券 {coupon}。" "Coupon {coupon} needs goods of at least {min}.";
    CouponUsedUp "coupon_used_up" 409 "优惠券 {coupon} 已经用完，或你已用过。" "Coupon {coupon} is used up, or you have used it.";
    OneCoupon "one_coupon" 422 "一个订单只能用一张优惠券。" "An order takes one coupon.";
    QuoteUnknown "quote_unknown" 404 "报价不存在，请重新结算。" "There is no such quote; please check out again.";
    QuoteExpired "quote_expired" 409 "报价已过期，请重新结算。" "The quote has expired; please check out again.";
    QuoteUsed "quote_used" 409 "这个报价已经下过单。" "This quote has already become an order.";
    QuoteChanged "quote_changed" 409 "{sku} 的价格变了，请确认新的报价。" "The price of {sku} changed; please confirm the new quote.";
    TooManyHolds "too_many_holds" 429 "未付款的订单占着太多商品，请先付款、取消一单，或少买一些。" "Unpaid orders hold too many goods; please pay or cancel one first, or order fewer.";
    KeyNeeded "idempotency_key_needed" 422 "缺少 Idempotency-Key 请求头。" "The Idempotency-Key header is needed.";
    KeyReused "idempotency_key_reused" 422 "这个 Idempotency-Key 已用于别的内容。" "This Idempotency-Key was used with another body.";
    KeyRunning "idempotency_key_running" 409 "同样的请求正在处理。" "The same request is still running.";
    WrongState "wrong_state" 409 "现在的状态（{state}）不能这样做。" "That cannot be done in the present state ({state}).";
    ChangedSince "changed_since" 409 "您看过之后它又改了，请再看一遍再决定。" "It changed after you looked at it; please look again before you decide.";
    MethodUnavailable "method_unavailable" 422 "现在不能用这种付款方式：{method}。" "This way of paying is not available: {method}.";
    NoMethod "no_method" 422 "本站还没有开通付款方式，暂时不能付款。" "No way of paying is set up here yet, so nothing can be paid for.";
    PaymentDone "payment_done" 409 "这笔付款已经有结果了。" "This payment already has a result.";
    SignatureInvalid "signature_invalid" 400 "签名不对。" "The signature is not right.";
    EventMismatch "event_mismatch" 422 "事件与付款不符。" "The event does not match the payment.";
    RefundTooMuch "refund_too_much" 409 "最多还能退 {left}。" "At most {left} can still be refunded.";
    UnknownLine "unknown_line" 422 "订单里没有这一行。" "The order has no such line.";
    ShipTooMuch "ship_too_much" 409 "第 {line} 行只剩 {left} 件待发。" "Line {line} has only {left} left to ship.";
    TrackingUsed "tracking_used" 409 "这个运单号已经用过。" "This tracking number was already used.";
    ScanTimeInvalid "scan_time_invalid" 422 "扫描时间不对：不能早于发货，也不能在将来。" "The scan time is not right: not before shipping, not in the future.";
    StockBelowHeld "stock_below_held" 409 "有 {held} 件已被下单占用，库存不能低于 {held} 件；请少减一些。" "{held} are held by orders, so stock cannot go below {held}. Take off fewer.";
    CouponExists "coupon_exists" 409 "优惠券 {coupon} 已存在。" "Coupon {coupon} exists already.";
    NotPublishable "not_publishable" 422 "还缺：{missing}。" "Still missing: {missing}.";
    UnknownCategory "unknown_category" 422 "没有这个类别。" "There is no such category.";
    ForbiddenClaim "forbidden_claim" 422 "不能写“{word}”：广告法不允许疗效和绝对化用语。" "“{word}” may not be said: the advertising law forbids medical and absolute claims.";
    CertificateKnown "certificate_known" 409 "证书 {number} 已经登记过。" "Certificate {number} is registered already.";
    BatchKnown "batch_known" 409 "批次 {code} 已经登记过。" "Batch {code} is registered already.";
    CreditCodeTaken "credit_code_taken" 409 "这个统一社会信用代码已经登记过。" "This credit code is registered already.";
    DayInFuture "day_in_future" 422 "日期不能在将来。" "The day must not be in the future.";
    RangeReversed "range_reversed" 422 "起始日不能晚于结束日。" "The first day must not be after the last.";
    OneOf "one_of" 422 "这一项只能是：{choices}。" "This must be one of: {choices}.";
    TooManyDimensions "too_many_dimensions" 422 "最多按 {max} 个维度汇总。" "A report is grouped by at most {max} dimensions.";
    NotGrouped "not_grouped" 422 "报表 {kind} 不能再按维度汇总。" "The report {kind} cannot be grouped.";
    ReportNotKept "report_not_kept" 422 "还没有这张报表：预留份额要各单位先报食堂采购总额，本站购买也不计入预留份额。" "This report is not kept yet: units would have to declare their canteen purchases first, and purchases here do not count toward reserved quotas.";
    ReportTooLong "report_too_long" 422 "超过 {max} 行，请把日期或条件收窄。" "This has more than {max} rows; please choose fewer days or a filter.";
    Unavailable "unavailable" 503 "现在忙不过来或正在维护，没有改动任何东西，请稍后再试。" "Not available at the moment; nothing was changed. Please try again shortly.";
    Internal "internal" 500 "出了故障，我们已经记下。编号：{request_id}。" "Something went wrong and was recorded. Number: {request_id}.";
}

/// One bad field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Path of the field, as in `items[0].qty`.
    pub field: String,
    /// What is wrong with it.
    pub code: Code,
    params: Vec<(&'static str, String)>,
}

/// A "no" of the trade, with what it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is refused.
    pub code: Code,
    params: Vec<(&'static str, String)>,
    /// The fields at fault, if the request's fields are.
    pub fields: Vec<FieldFault>,
}

fn fill(words: &str, params: &[(&'static str, String)]) -> String {
    params.iter().fold(words.to_owned(), |text, (key, value)| text.replace(&format!("{{{key}}}"), value))
}

impl Refusal {
    /// A refusal with this code.
    pub fn new(code: Code) -> Self {
        Self { code, params: Vec::new(), fields: Vec::new() }
    }

    /// A refusal of one field: the whole answer is `invalid` where the code is about the field alone.
    pub fn of_field(field: impl Into<String>, code: Code) -> Self {
        Self::new(code).field(field)
    }

    /// Fills `{name}` in the words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        for fault in &mut self.fields {
            fault.params.push((name, value.clone()));
        }
        self.params.push((name, value));
        self
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.fields.push(FieldFault { field: field.into(), code: self.code, params: self.params.clone() });
        self
    }

    /// Several field refusals as one answer with code `invalid`; `None` where there are none.
    pub fn all(refusals: Vec<Self>) -> Option<Self> {
        let fields: Vec<_> = refusals.into_iter().flat_map(|r| r.fields).collect();
        (!fields.is_empty()).then(|| Self { code: Code::Invalid, params: Vec::new(), fields })
    }

    /// What happened, in the person's language.
    pub fn detail(&self, lang: Lang) -> String {
        fill(self.code.words(lang), &self.params)
    }
}

impl FieldFault {
    /// What is wrong with the field, in the person's language.
    pub fn detail(&self, lang: Lang) -> String {
        fill(self.code.words(lang), &self.params)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.as_str())?;
        self.fields.iter().try_for_each(|fault| write!(f, " {}", fault.field))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_both_languages_take_the_same_parameters() {
        let holes = |text: &str| -> HashSet<String> {
            text.split('{').skip(1).filter_map(|rest| rest.split('}').next().map(str::to_owned)).collect()
        };
        let mut seen = HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
            assert_eq!(holes(code.words(Lang::ZhCn)), holes(code.words(Lang::En)), "{}", code.as_str());
        }
    }

    #[test]
    fn parameters_fill_the_words_of_the_answer_and_the_field() {
        let refusal = Refusal::of_field("items[0].qty", Code::OutOfStock).with("sku", "P01-1").with("left", 3);
        assert_eq!(refusal.detail(Lang::En), "Not enough in stock: 3 of P01-1 left. Take fewer or choose another.");
        assert_eq!(refusal.fields[0].detail(Lang::ZhCn), "库存不够：P01-1 还剩 3 件，请改少一些或换一种规格。");
    }
}
