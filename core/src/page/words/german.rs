//! The pages in German.

use super::{Around, Failures, Message, Onwards, Refusals, SignInFailures, Ways, Words};

pub(super) static WORDS: Words = Words {
    tag: "de",
    ways: Ways {
        home: "Zur Startseite",
        sign_in: "Anmelden",
        sign_in_again: "Neu anmelden",
        sign_in_with: Around {
            before: "Mit ",
            after: " anmelden",
        },
        sign_out: "Abmelden",
        sign_out_again: "Noch einmal abmelden",
        stay_signed_in: "Angemeldet bleiben",
        try_again: "Noch einmal versuchen",
        go_on: "Weiter",
    },
    signed_in_as: Around {
        before: "Sie sind als ",
        after: " angemeldet.",
    },
    incident: "Wenn Sie um Hilfe bitten, nennen Sie diese Nummer:",
    chooser: Message {
        heading: "Anmelden",
        text: "Wählen Sie das Konto, mit dem Sie diese Website nutzen.",
    },
    onward: Onwards {
        to_provider: Message {
            heading: "Sie werden angemeldet",
            text: "Sie sind auf dem Weg zum Dienst, der Ihr Konto kennt.",
        },
        back: Message {
            heading: "Sie sind angemeldet",
            text: "Sie sind auf dem Weg zu der Seite, die Sie aufgerufen haben.",
        },
        from_elsewhere: Message {
            heading: "Einen Moment",
            text: "Sie sind auf dem Weg zu der Seite, die Sie aufgerufen haben.",
        },
    },
    failure: Failures {
        bad_request: Message {
            heading: "Diese Anfrage ist nicht verständlich",
            text: "Die Adresse oder der Inhalt ist fehlerhaft. Wenn Sie einem Link gefolgt sind, ist er \
                   vielleicht beschädigt.",
        },
        unauthorized: Message {
            heading: "Sie müssen sich anmelden",
            text: "Was Sie aufgerufen haben, steht nur angemeldeten Personen offen.",
        },
        forbidden: Message {
            heading: "Diese Anfrage wurde abgelehnt",
            text: "Die Anfrage kam nicht von einer Seite dieser Website und wurde deshalb nicht ausgeführt. \
                   Öffnen Sie die Seite hier und versuchen Sie es von dort aus.",
        },
        not_found: Message {
            heading: "Diese Seite gibt es nicht",
            text: "Die Adresse ist falsch geschrieben, oder die Seite ist umgezogen.",
        },
        method_not_allowed: Message {
            heading: "Das geht hier nicht",
            text: "Die Adresse gibt es, aber nicht für diese Art von Anfrage. Gehen Sie zurück zu der Seite, \
                   von der Sie kamen, laden Sie sie neu und versuchen Sie es noch einmal.",
        },
        content_too_large: Message {
            heading: "Das ist zu groß",
            text: "Was Sie gesendet haben, ist größer, als diese Website annimmt. Senden Sie weniger auf \
                   einmal oder eine kleinere Datei.",
        },
        misdirected_request: Message {
            heading: "Diese Adresse gehört zu einer anderen Website",
            text: "Die Anfrage hat einen Server erreicht, der dafür nicht zuständig ist. Geben Sie die \
                   Adresse neu ein.",
        },
        not_implemented: Message {
            heading: "Diese Art von Verbindung gibt es hier nicht",
            text: "Die Website läuft, wo es keine WebSockets gibt. Was eine solche Verbindung braucht, geht hier nicht.",
        },
        bad_gateway: Message {
            heading: "Ein Dienst hinter dieser Website antwortet nicht",
            text: "Der Dienst ist ausgefallen, sehr langsam oder hat etwas Unbrauchbares gesendet. Versuchen \
                   Sie es in ein paar Augenblicken noch einmal.",
        },
        service_unavailable: Message {
            heading: "Diese Website ist gerade nicht verfügbar",
            text: "Im Moment lässt sich nicht prüfen, wer Zugang hat, deshalb kommt niemand durch. Versuchen \
                   Sie es in ein paar Augenblicken noch einmal.",
        },
        gateway_timeout: Message {
            heading: "Ein Dienst hinter dieser Website braucht zu lange",
            text: "Der Dienst hat nicht rechtzeitig geantwortet. Was Sie gesendet haben, ist vielleicht \
                   trotzdem angekommen: Sehen Sie nach, bevor Sie es noch einmal senden.",
        },
        other: Message {
            heading: "Etwas ist schiefgegangen",
            text: "Die Anfrage konnte nicht bearbeitet werden. Versuchen Sie es in ein paar Augenblicken \
                   noch einmal.",
        },
    },
    sign_in_failed: SignInFailures {
        refused: Message {
            heading: "Sie wurden nicht angemeldet",
            text: "Der Anmeldedienst hat Sie nicht durchgelassen. Vielleicht haben Sie abgebrochen, oder Ihr \
                   Konto darf für diese Website nicht verwendet werden.",
        },
        malformed: Message {
            heading: "Diese Anmeldung kann nicht fortgesetzt werden",
            text: "Die Antwort des Anmeldedienstes ist unvollständig oder beschädigt. Beginnen Sie von vorn, \
                   statt diese Seite neu zu laden.",
        },
        unknown_attempt: Message {
            heading: "Diese Anmeldung kann nicht fortgesetzt werden",
            text: "Dieser Browser hat sie nicht begonnen, oder das ist mehr als zehn Minuten her. Wenn es \
                   jedes Mal geschieht, erlauben Sie Cookies für diese Website.",
        },
        used_attempt: Message {
            heading: "Diese Anmeldung ist abgeschlossen",
            text: "Die Adresse dieser Seite gilt nur einmal und nur für kurze Zeit. Sie wurde schon \
                   benutzt oder ist zu alt. Wenn Sie mit der Zurück-Taste hierhergekommen sind, sind Sie \
                   vielleicht bereits angemeldet.",
        },
        endless: Message {
            heading: "Die Anmeldung führt nicht zur Seite",
            text: "Sie wurden dreimal hintereinander angemeldet, und die Seite hat jedes Mal wieder danach \
                   gefragt. Erlauben Sie Cookies für diese Website. Hilft das nicht, sagen Sie es denen, die \
                   sie betreiben.",
        },
        untrusted: Message {
            heading: "Die Anmeldung ist fehlgeschlagen",
            text: "Die Antwort des Anmeldedienstes hat unsere Prüfung nicht bestanden und wurde verworfen. \
                   Wenn es wieder geschieht, sagen Sie den Verantwortlichen dieser Website Bescheid.",
        },
        provider_unavailable: Message {
            heading: "Der Anmeldedienst antwortet nicht",
            text: "Der Dienst, der Ihr Konto kennt, ist ausgefallen oder sehr langsam. Sie haben nichts \
                   verloren; versuchen Sie es in ein paar Augenblicken noch einmal.",
        },
        unavailable: Message {
            heading: "Die Anmeldung ist gerade nicht möglich",
            text: "Ein Teil dieser Website, der Sitzungen aufbewahrt, ist nicht verfügbar. Versuchen Sie es \
                   in ein paar Augenblicken noch einmal.",
        },
        too_many_groups: Message {
            heading: "Ihr Konto hat zu viele Gruppen",
            text: "Der Anmeldedienst nennt die Gruppen eines Kontos nur bis zu einer bestimmten Zahl, und \
                   Ihres hat mehr. So lässt sich nicht feststellen, was Sie öffnen dürfen. \
                   Sagen Sie es den Betreibern dieser Website.",
        },
        misconfigured: Message {
            heading: "Die Anmeldung ist nicht richtig eingerichtet",
            text: "Sie selbst können daran nichts ändern. Sagen Sie den Verantwortlichen dieser Website \
                   Bescheid: Die Nummer unten führt sie zu der Einstellung.",
        },
    },
    forbidden: Refusals {
        heading: "Ihr Konto darf diese Seite nicht öffnen",
        group: "Diese Seite ist einer Gruppe vorbehalten, zu der Ihr Konto nicht gehört.",
        role: "Diese Seite ist einer Rolle vorbehalten, die Ihr Konto nicht hat.",
        email_domain: "Diese Seite braucht ein Konto mit einer bestätigten E-Mail-Adresse einer anderen \
                       Domain.",
        claim: "Diese Seite ist für andere Konten als Ihres bestimmt.",
        authentication: "Diese Seite braucht eine stärkere oder frischere Anmeldung als die, mit der Sie \
                         gekommen sind.",
        other: "Diese Seite steht Ihrem Konto nicht offen.",
        incomplete: "Der Anmeldedienst hat uns bei Ihrer Anmeldung nicht alles über Ihr Konto mitgeteilt. \
                     Warten Sie einen Moment und melden Sie sich noch einmal an.",
        advice: "Bitten Sie die Verantwortlichen dieser Website um Zugang, oder melden Sie sich ab und \
                 kommen Sie mit einem anderen Konto wieder.",
    },
    sign_out: Message {
        heading: "Abmelden?",
        text: "Wenn Sie sich abmelden, endet diese Sitzung in allen Tabs. Um zurückzukommen, müssen Sie sich \
               neu anmelden.",
    },
    signed_out: Message {
        heading: "Sie sind abgemeldet",
        text: "Ihre Sitzung auf dieser Website ist beendet. Wenn auch andere dieses Gerät benutzen, schließen \
               Sie außerdem den Browser.",
    },
    sign_out_incomplete: Message {
        heading: "Sie sind noch nicht abgemeldet",
        text: "Der Teil dieser Website, der Sitzungen beendet, ist nicht verfügbar; Ihre Sitzung ist \
               vielleicht noch offen. Versuchen Sie es in ein paar Augenblicken noch einmal.",
    },
};
