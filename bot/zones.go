package bot

import (
	"context"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yolchi/internal/locale"
	"yolchi/internal/telegram"
)

// zoneList names every zone of the IANA database that belongs to a place.
//
//go:embed zones.txt
var zoneList string

// place is a city that people name, and its zone.
type place struct {
	zone    string
	english string
	uzbek   string
	others  []string // further spellings, folded
}

// offeredZones are the buttons: Uzbekistan first, then where its people live
// and work. Their first place of a zone names it.
var offeredZones = []string{
	"Asia/Tashkent", "Europe/Moscow", "Asia/Almaty", "Europe/Istanbul", "Asia/Dubai",
	"Asia/Seoul", "Europe/Berlin", "Europe/London", "America/New_York", "Asia/Tokyo",
}

// places are the cities with a name of their own in Uzbek, or that share
// another city's zone.
var places = []place{
	{"Asia/Tashkent", "Tashkent", "Toshkent", []string{"ташкент", "тошкент", "uzbekistan", "o'zbekiston", "ozbekiston", "узбекистан"}},
	{"Asia/Samarkand", "Samarkand", "Samarqand", []string{"самарканд", "самарқанд"}},
	{"Asia/Samarkand", "Bukhara", "Buxoro", []string{"бухара", "бухоро"}},
	{"Asia/Samarkand", "Khiva", "Xiva", []string{"хива"}},
	{"Asia/Samarkand", "Urgench", "Urganch", []string{"ургенч", "урганч"}},
	{"Asia/Samarkand", "Nukus", "Nukus", []string{"нукус"}},
	{"Asia/Samarkand", "Navoi", "Navoiy", []string{"навои", "навоий"}},
	{"Asia/Samarkand", "Qarshi", "Qarshi", []string{"карши", "қарши"}},
	{"Asia/Samarkand", "Termez", "Termiz", []string{"термез", "термиз"}},
	{"Asia/Tashkent", "Andijan", "Andijon", []string{"андижан", "андижон"}},
	{"Asia/Tashkent", "Namangan", "Namangan", []string{"наманган"}},
	{"Asia/Tashkent", "Fergana", "Fargʻona", []string{"fargona", "фергана", "фарғона"}},
	{"Asia/Tashkent", "Kokand", "Qoʻqon", []string{"qoqon", "коканд", "қўқон"}},
	{"Asia/Tashkent", "Jizzakh", "Jizzax", []string{"джизак", "жиззах"}},
	{"Asia/Tashkent", "Gulistan", "Guliston", []string{"гулистан"}},
	{"Europe/Moscow", "Moscow", "Moskva", []string{"москва", "saint petersburg", "sankt-peterburg", "петербург", "санкт-петербург"}},
	{"Asia/Almaty", "Almaty", "Olmaota", []string{"алматы", "astana", "ostona", "астана", "shymkent", "chimkent", "шымкент"}},
	{"Europe/Istanbul", "Istanbul", "Istanbul", []string{"стамбул", "ankara", "анкара", "turkey", "turkiya"}},
	{"Asia/Dubai", "Dubai", "Dubay", []string{"дубай", "abu dhabi", "abu dabi"}},
	{"Asia/Seoul", "Seoul", "Seul", []string{"сеул", "busan", "pusan", "korea", "koreya"}},
	{"Europe/Berlin", "Berlin", "Berlin", []string{"берлин", "munich", "myunxen", "frankfurt", "hamburg", "germany", "germaniya"}},
	{"Europe/London", "London", "London", []string{"лондон"}},
	{"America/New_York", "New York", "Nyu-York", []string{"нью-йорк", "washington", "vashington", "boston", "miami"}},
	{"Asia/Tokyo", "Tokyo", "Tokio", []string{"токио", "osaka", "japan", "yaponiya"}},
	{"Asia/Bishkek", "Bishkek", "Bishkek", []string{"бишкек", "osh", "oʻsh"}},
	{"Asia/Dushanbe", "Dushanbe", "Dushanbe", []string{"душанбе", "khujand", "xoʻjand"}},
	{"Asia/Ashgabat", "Ashgabat", "Ashxobod", []string{"ашхабад"}},
	{"Asia/Shanghai", "Beijing", "Pekin", []string{"пекин", "guangzhou", "shenzhen"}},
	{"Asia/Kolkata", "Delhi", "Dehli", []string{"new delhi", "mumbai", "bangalore"}},
	{"Asia/Riyadh", "Riyadh", "Ar-Riyod", []string{"mecca", "makka", "madina", "medina", "jeddah", "jidda"}},
	{"Europe/Warsaw", "Warsaw", "Varshava", []string{"варшава", "krakow"}},
	{"Europe/Riga", "Riga", "Riga", []string{"рига"}},
	{"Asia/Yekaterinburg", "Yekaterinburg", "Yekaterinburg", []string{"екатеринбург"}},
	{"Asia/Novosibirsk", "Novosibirsk", "Novosibirsk", []string{"новосибирск"}},
	{"America/Chicago", "Chicago", "Chikago", []string{"houston", "dallas"}},
	{"America/Los_Angeles", "Los Angeles", "Los-Anjeles", []string{"san francisco", "seattle", "san-fransisko"}},
	{"Africa/Cairo", "Cairo", "Qohira", nil},
}

// offset is UTC+5, GMT-3 or +5.
var offset = regexp.MustCompile(`^(?:utc|gmt)? ?([+-])(\d{1,2})(?::?00)?$`)

// findZone is the zone of a city, of an IANA name or of an offset from UTC.
func findZone(text string) (zone string, ok bool) {
	name := fold(text)
	if m := offset.FindStringSubmatch(name); m != nil {
		return offsetZone(m[1], m[2])
	}
	for _, p := range places {
		if name == fold(p.english) || name == fold(p.uzbek) || slices.ContainsFunc(p.others, func(o string) bool { return fold(o) == name }) {
			return p.zone, true
		}
	}
	spaced := strings.ReplaceAll(name, " ", "_")
	for zone := range strings.SplitSeq(strings.TrimSpace(zoneList), "\n") {
		lower := strings.ToLower(zone)
		if lower == spaced || strings.HasSuffix(lower, "/"+spaced) {
			return zone, true
		}
	}
	return "", false
}

// offsetZone is a zone that is always so many hours from UTC. The IANA names
// count the other way round: Etc/GMT-5 is five hours ahead.
func offsetZone(sign, hours string) (string, bool) {
	n, err := strconv.Atoi(hours)
	if err != nil || n > 14 || sign == "-" && n > 12 {
		return "", false
	}
	if n == 0 {
		return "Etc/GMT", true
	}
	return fmt.Sprintf("Etc/GMT%s%d", map[string]string{"+": "-", "-": "+"}[sign], n), true
}

// zoneName is a zone as people call it: by a city, or by its offset.
func zoneName(zone, lang string) string {
	for _, p := range places {
		if p.zone == zone && lang == locale.Uzbek {
			return p.uzbek
		} else if p.zone == zone {
			return p.english
		}
	}
	if hours, ok := strings.CutPrefix(zone, "Etc/GMT"); ok {
		return "UTC" + strings.NewReplacer("-", "+", "+", "-").Replace(hours)
	}
	_, city, _ := strings.Cut(zone, "/")
	return strings.ReplaceAll(city[strings.LastIndex(city, "/")+1:], "_", " ")
}

// timezoneCommand sets the zone that was typed, or offers some.
func (t *turn) timezoneCommand(ctx context.Context, args string) error {
	if args != "" {
		return t.typedZone(ctx, args)
	}
	return t.askZone(ctx)
}

func (t *turn) pressZones(ctx context.Context, _ string) error { return t.askZone(ctx) }

func (t *turn) askZone(ctx context.Context) error {
	t.chat.Awaiting = awaitingZone
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	var keys telegram.Keyboard
	for i, zone := range offeredZones {
		name := zoneName(zone, t.lang())
		if loc, err := time.LoadLocation(zone); err == nil {
			name += " · " + t.now().In(loc).Format("15:04")
		}
		if i%2 == 0 {
			keys = append(keys, nil)
		}
		keys[i/2] = append(keys[i/2], button(name, "zone", zone))
	}
	t.show(screen{t.T("zone.ask"), keys})
	return nil
}

// pressZone sets an offered zone.
func (t *turn) pressZone(ctx context.Context, zone string) error {
	if !slices.Contains(offeredZones, zone) {
		return errOld
	}
	return t.setZone(ctx, zone)
}

func (t *turn) typedZone(ctx context.Context, text string) error {
	zone, ok := findZone(text)
	if !ok {
		t.say(screen{t.T("zone.unknown", "Text", shorten(text, 40)), nil})
		return nil
	}
	return t.setZone(ctx, zone)
}

func (t *turn) setZone(ctx context.Context, zone string) error {
	if _, err := time.LoadLocation(zone); err != nil {
		return errOld
	}
	left := t.today()
	t.chat.Zone, t.chat.Awaiting = zone, ""
	if !t.chat.Ready {
		return t.askHour(ctx)
	}
	if err := t.changedFrom(ctx, "zone", zone, left); err != nil {
		return err
	}
	t.toast(t.plain("settings.saved"))
	s := t.reminder()
	s.html = t.T("zone.set", "Zone", zoneName(zone, t.lang()), "Now", t.now().In(t.chat.Location()).Format("15:04")) + "\n\n" + s.html
	t.show(s)
	return nil
}

// shorten cuts a text that is shown back to its writer.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit]) + "…"
}
