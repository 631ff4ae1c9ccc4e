//! The table of findings: one line a code. The long text of each is `codes/CODE.md` beside this
//! file.

/// How severe a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported; does not stop the build.
    Warning,
    /// Stops the build.
    Error,
}

/// Subjects that findings fall under.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Family {
    /// Bytes and files.
    Reading,
    /// Words and punctuation.
    Syntax,
    /// What names refer to.
    Names,
    /// Whose rows they are.
    Ownership,
    /// Values and their dimensions.
    Types,
    /// Objectives, and conditions, against each other.
    Promises,
    /// Dates, terms, zones.
    Dates,
    /// Opening hours and holidays.
    Calendars,
    /// Credits and their lines.
    Ladders,
    /// Tiers of a package against each other.
    Tiers,
    /// Cells of support tables against each other.
    Severities,
    /// Whether what is measured can tell a promise kept from one broken.
    Measurability,
    /// What an agreement must say.
    Terms,
    /// How promises are backed.
    Backing,
    /// What requirements ask for.
    Coverage,
    /// What tests expect.
    Tests,
    /// Agreements under others.
    Levels,
    /// Allowances and settings.
    Settings,
}

macro_rules! codes {
    ($($family:ident { $($variant:ident $slug:literal $level:ident $summary:literal)* })*) => {
        /// A kind of finding.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            $($(#[doc = $summary] $variant,)*)*
        }

        impl Code {
            /// All codes in the order of the table.
            pub const ALL: &'static [Code] = &[$($(Code::$variant,)*)*];

            /// The stable name: what `sla explain`, `allow` and `sla.toml` take.
            pub const fn name(self) -> &'static str {
                match self { $($(Code::$variant => $slug,)*)* }
            }

            /// The level it has unless someone says otherwise.
            pub const fn level(self) -> Level {
                match self { $($(Code::$variant => Level::$level,)*)* }
            }

            /// The subject it falls under.
            pub const fn family(self) -> Family {
                match self { $($(Code::$variant => Family::$family,)*)* }
            }

            /// One line on what it means.
            pub const fn summary(self) -> &'static str {
                match self { $($(Code::$variant => $summary,)*)* }
            }

            /// The long text: what, why, a bad and a good example, how to fix.
            pub const fn explanation(self) -> &'static str {
                match self { $($(Code::$variant => include_str!(concat!("codes/", $slug, ".md")),)*)* }
            }

            /// The code with this name.
            pub fn parse(name: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|code| code.name() == name)
            }
        }
    };
}

codes! {
    Reading {
        NotUtf8 "not-utf8" Error "the file is not UTF-8 text"
        TooLarge "too-large" Error "the file is larger than the compiler reads"
        UnreadableFile "unreadable-file" Error "a file cannot be read"
        OutsideRoot "outside-root" Error "`use` leads out of the project's root"
        NestedTooDeep "nested-too-deep" Error "braces, parentheses or operators are nested too deeply"
        HiddenCharacter "hidden-character" Error "the text contains a character that cannot be seen"
        TooManyFindings "too-many-findings" Warning "one file has more findings than are shown"
    }
    Syntax {
        UnknownStatement "unknown-statement" Error "a line begins with a word that is not the beginning of a statement"
        UnexpectedText "unexpected-text" Error "text that does not belong to any statement"
        MissingPart "missing-part" Error "a necessary part of a statement is missing"
        WrongPlace "wrong-place" Error "a statement is in a block that does not allow it"
        Unclosed "unclosed" Error "a brace, parenthesis, string or comment is not closed"
        StrayBracket "stray-bracket" Error "a closing bracket closes nothing"
        OddSpelling "odd-spelling" Error "a form that is understood but must be written in another way"
        BadName "bad-name" Error "a name with characters that are not allowed in names"
        ReservedWord "reserved-word" Error "a reserved word is used as a name"
        BadNumber "bad-number" Error "a number that cannot be read or is too large"
        BadQuantity "bad-quantity" Error "a quantity whose units do not fit together"
        BadWindow "bad-window" Error "a window without length, or a step that leaves time between windows"
        BadDate "bad-date" Error "a date or time of day that does not exist"
        BadString "bad-string" Error "a string with an escape that does not exist"
        RepeatedPart "repeated-part" Error "a part of a statement is given twice"
        ChainedComparison "chained-comparison" Error "comparisons are chained"
        DetachedDoc "detached-doc" Warning "a doc comment belongs to nothing"
        ThousandsPoint "thousands-point" Warning "an amount of money whose point may be meant to separate thousands"
        ClauseOnNewLine "clause-on-new-line" Warning "a clause begins a line like a statement, but belongs to the objective above it"
        RepeatedProperty "repeated-property" Warning "a property is stated twice in one block"
    }
    Names {
        UnknownName "unknown-name" Error "a name that is not declared"
        UnknownField "unknown-field" Error "a field that the rows do not have"
        UnknownUnit "unknown-unit" Error "a unit or currency that does not exist"
        UnknownFunction "unknown-function" Error "a function that does not exist"
        UnknownType "unknown-type" Error "a type that does not exist"
        UnknownLibrary "unknown-library" Error "a part of the standard library that does not exist"
        WrongKind "wrong-kind" Error "a name means something of another kind than is needed"
        DuplicateName "duplicate-name" Error "a name is declared twice"
        CircularUse "circular-use" Error "files use each other in a circle"
        CircularExtends "circular-extends" Error "tiers extend each other in a circle"
        CircularNeeds "circular-needs" Error "services need each other in a circle"
        CircularUnder "circular-under" Error "agreements are under each other in a circle"
        CircularMetric "circular-metric" Error "metrics use each other in a circle"
        UnusedDeclaration "unused-declaration" Warning "a declaration that nothing uses"
        LookAlike "look-alike" Warning "two names that look the same, or a name with letters that look like others"
        ShadowedName "shadowed-name" Warning "a declaration hides one of the library with the same name"
    }
    Ownership {
        UnownedRows "unowned-rows" Error "an objective or credit does not say whose rows it uses"
        UnsaidGroupPay "unsaid-group-pay" Error "a credit of a grouped objective does not say which groups pay"
        UnmatchedGroups "unmatched-groups" Error "a credit depends on objectives whose groups have no field in common"
        SharedSource "shared-source" Warning "several agreements share a source whose rows have no owner"
        GroupsFromData "groups-from-data" Warning "groups come from the data, so a group without rows is not evaluated"
    }
    Types {
        TypeMismatch "type-mismatch" Error "a value has another type than is needed"
        DimensionMismatch "dimension-mismatch" Error "values of different dimensions are combined"
        CurrencyMismatch "currency-mismatch" Error "amounts in different currencies are combined"
        WrongArguments "wrong-arguments" Error "a function is called with arguments it does not take"
        PeriodAsDuration "period-as-duration" Error "a calendar period is used as a length of time, or a length of time as a calendar period"
        OptionalValue "optional-value" Error "a value that may be absent is used as if it were always present"
        NotConstant "not-constant" Error "a value that must be known in advance depends on data"
        UnsaidEmptySlot "unsaid-empty-slot" Error "slots do not say how an empty slot counts"
        DivisionByZero "division-by-zero" Error "something is divided by zero, or rounded to multiples of zero"
        SlotLength "slot-length" Error "slots of a length that does not divide a day"
        PercentOfCount "percent-of-count" Warning "a count is compared with a percentage"
        BackwardComparison "backward-comparison" Warning "a comparison asks for the worse side of the metric"
        RatioOverOne "ratio-over-one" Warning "a share is compared with more than 100%, or a payment is several times its base"
        PointlessTarget "pointless-target" Warning "a target that can never be missed, or never be met"
        BetterIsBreach "better-is-breach" Warning "a target that makes better service a breach"
    }
    Promises {
        ContradictoryPromises "contradictory-promises" Error "two objectives that can never both be met"
        ContradictoryCases "contradictory-cases" Warning "two objectives that cannot both be met in a case in which both apply"
        IdlePromise "idle-promise" Warning "an objective that is always met when another one is met"
        ConstantCondition "constant-condition" Warning "a condition that is never true, or always true"
    }
    Dates {
        EndBeforeStart "end-before-start" Error "an end is before its start"
        UnknownZone "unknown-zone" Error "a time zone that does not exist"
        NoticeOverTerm "notice-over-term" Warning "a notice is longer than the term that it ends"
        ClaimAfterTerm "claim-after-term" Warning "claims may be made after the term has ended"
        TermOver "term-over" Warning "the term of an agreement is over"
        UnclearTime "unclear-time" Warning "a local time that does not exist or exists twice, because the clocks change"
        AmendmentOutsideTerm "amendment-outside-term" Error "an amendment takes effect outside the term"
        AmendmentCutsWindow "amendment-cuts-window" Error "an amendment begins inside a window and does not say what happens to the window"
    }
    Calendars {
        OverlappingHours "overlapping-hours" Error "opening hours of one day overlap"
        IdleHoliday "idle-holiday" Warning "a holiday on a day that is closed anyway"
        UnknownWorkingDay "unknown-working-day" Error "a working day whose length is not known"
        PlainDay "plain-day" Warning "a limit in days of 24 hours on a clock with shorter days"
    }
    Ladders {
        MixedLadder "mixed-ladder" Error "lines of one ladder run in different directions"
        LadderOrder "ladder-order" Error "the lines of a ladder are in the wrong order"
        LadderOverlap "ladder-overlap" Error "two lines of a ladder apply to the same value"
        LadderGap "ladder-gap" Warning "some values between two lines of a ladder are in neither line"
        UnreachedLine "unreached-line" Warning "a line of a ladder that is never reached"
        WorsePaysLess "worse-pays-less" Warning "worse service pays less"
        UnpaidBreach "unpaid-breach" Warning "a breach that does not reach the first line of its ladder pays nothing"
        CreditWithoutBreach "credit-without-breach" Warning "a line of a ladder covers values that meet the target"
        CapBelowLine "cap-below-line" Warning "a cap is lower than the payment of the first line"
        UncappedCredit "uncapped-credit" Warning "a credit grows with a measured value and has no cap"
        IdleCap "idle-cap" Warning "a cap is higher than everything it could limit"
        IdleBase "idle-base" Warning "a credit has a base, but pays no share of it"
        FeeOfAllGroups "fee-of-all-groups" Warning "a credit pays for each group, and its fee is that of all groups"
        FixedTimeLadder "fixed-time-ladder" Warning "a ladder in time and a target in percent do not match in windows of some length"
        FirstBreachCounts "first-breach-counts" Warning "a ladder of several objectives uses the first breached one, although a later one can be worse"
        BetterEarnsLess "better-earns-less" Warning "better service earns a smaller bonus"
        BonusForBreach "bonus-for-breach" Warning "a line of a bonus covers values that miss the target"
        NegativeAmount "negative-amount" Warning "an amount, a cap or a fee is below zero"
        ColumnsDisagree "columns-disagree" Warning "two columns of one table, in percent and in time, do not match"
        UnsaidStep "unsaid-step" Error "a step does not say what it multiplies, how incomplete steps count, or where counting begins"
        UnpaidFirstWindow "unpaid-first-window" Warning "a credit that pays nothing in the first window, which has no previous fee"
        RollingCredit "rolling-credit" Error "a credit, cap or limit over windows that overlap"
        NarrowCap "narrow-cap" Error "a cap over several windows, groups or rows uses a value of one of them"
    }
    Tiers {
        WeakerTier "weaker-tier" Warning "a tier promises less than the one it extends"
        EqualTier "equal-tier" Warning "a tier promises and costs the same as the one it extends"
        DearerTier "dearer-tier" Warning "a tier costs more than the one it extends and promises the same"
    }
    Severities {
        RespondAfterResolve "respond-after-resolve" Error "a ticket must be resolved before it must be answered"
        SevereButSlower "severe-but-slower" Warning "a more severe severity waits longer than a less severe one"
        SeverityWithoutRow "severity-without-row" Warning "a severity has no row in a support table"
    }
    Measurability {
        SlotOverBudget "slot-over-budget" Warning "a slot is longer than all the downtime that the target allows"
        RunOverBudget "run-over-budget" Warning "the shortest run that counts is longer than all the downtime that the target allows"
        LimitOverBudget "limit-over-budget" Warning "a limit excuses more time than the target allows as downtime"
        SpanOverSlot "span-over-slot" Warning "a slot uses the whole length of spans that may end after it"
        NeverMeasured "never-measured" Warning "hours and exclusions leave no measured time in the term"
        UnfilteredCount "unfiltered-count" Warning "a count of slots also counts those for which the condition is false"
        MixedMonth "mixed-month" Warning "a quotient uses a fixed length of a month in one part and its real length in the other"
    }
    Terms {
        MissingTerm "missing-term" Error "an agreement has no term"
        NoFee "no-fee" Error "a share of a fee is promised, but no fee is stated"
        NothingToChange "nothing-to-change" Error "a statement changes something that does not exist"
        WrongParty "wrong-party" Error "an agreement names a party of the wrong kind"
        UnservedCustomers "unserved-customers" Warning "an agreement with any customer is evaluated only in the agreements under it"
        RightAfterMet "right-after-met" Warning "a right to end the agreement that arises again in a window that was met"
        UnsaidExclusion "unsaid-exclusion" Error "excluded time does not say how it counts"
    }
    Backing {
        PromiseAboveBacking "promise-above-backing" Warning "a promise is higher than what the agreements that back it guarantee"
        UnbackedService "unbacked-service" Warning "no agreement backs a service that a promise needs"
        BackingTerm "backing-term" Warning "a backing agreement does not last as long as the promise"
        BackingHours "backing-hours" Warning "a backing agreement holds for fewer hours than the promise"
        BackingExclusions "backing-exclusions" Warning "a backing agreement excludes more than the promise"
        BackingSlower "backing-slower" Warning "a backing agreement answers or resolves later than the promise"
    }
    Coverage {
        RequirementShort "requirement-short" Warning "an agreement promises less than a requirement that it says it satisfies"
        RequirementOpen "requirement-open" Warning "an agreement has no promise about a requirement that it says it satisfies"
    }
    Tests {
        FailedTest "failed-test" Error "a test expects a different result"
    }
    Levels {
        WeakerLevel "weaker-level" Warning "an agreement is weaker than its parent or its tier, and does not say why"
        IdleRelax "idle-relax" Warning "a `relax` relaxes nothing"
    }
    Settings {
        BadSettings "bad-settings" Error "`sla.toml` contains something that the program does not know"
        UnknownCode "unknown-code" Error "a code that does not exist"
        CannotAllow "cannot-allow" Error "an error cannot be allowed"
        StaleAllowance "stale-allowance" Warning "an allowance that allows nothing"
    }
}
