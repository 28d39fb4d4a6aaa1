// The least that a crawler upon Go's net/http and goquery does for a page, as Colly does: fetch,
// tree, every link followed once within the hosts of its start, title kept. Colly itself is no
// Debian package; what it stands on is.
//
//	goquery_links URL|@FILE CONNECTIONS_PER_HOST OUT
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/ioutil"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/PuerkitoBio/goquery"
)

type page struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

type crawl struct {
	client *http.Client
	slots  map[string]chan struct{} // of each host: who may fetch
	mutex  sync.Mutex               // over what follows
	seen   map[string]bool
	out    *json.Encoder
	open   sync.WaitGroup
}

func (c *crawl) add(target *url.URL) {
	slots, known := c.slots[target.Host]
	if !known || (target.Scheme != "http" && target.Scheme != "https") {
		return
	}
	target.Fragment = ""
	name := target.String()
	c.mutex.Lock()
	seen := c.seen[name]
	c.seen[name] = true
	c.mutex.Unlock()
	if seen {
		return
	}
	c.open.Add(1)
	go func() {
		defer c.open.Done()
		slots <- struct{}{}
		body, kind, err := c.fetch(name)
		<-slots
		if err == nil && strings.HasPrefix(kind, "text/html") {
			c.read(target, name, body)
		}
	}()
}

func (c *crawl) fetch(name string) ([]byte, string, error) {
	response, err := c.client.Get(name)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := ioutil.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		return nil, "", err
	}
	return body, response.Header.Get("Content-Type"), err
}

func (c *crawl) read(base *url.URL, name string, body []byte) {
	document, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return
	}
	document.Find("a[href]").Each(func(_ int, link *goquery.Selection) {
		href, _ := link.Attr("href")
		if target, err := base.Parse(href); err == nil {
			c.add(target)
		}
	})
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.out.Encode(page{name, document.Find("title").First().Text()})
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: goquery_links URL|@FILE CONNECTIONS_PER_HOST OUT")
		os.Exit(2)
	}
	starts := []string{os.Args[1]}
	if strings.HasPrefix(starts[0], "@") {
		text, _ := ioutil.ReadFile(starts[0][1:])
		starts = strings.Fields(string(text))
	}
	connections, _ := strconv.Atoi(os.Args[2])
	file, err := os.Create(os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := bufio.NewWriter(file)
	c := &crawl{
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}},
		slots:  map[string]chan struct{}{}, seen: map[string]bool{}, out: json.NewEncoder(out),
	}
	var seeds []*url.URL
	for _, start := range starts {
		if seed, err := url.Parse(start); err == nil {
			seeds = append(seeds, seed)
			c.slots[seed.Host] = make(chan struct{}, connections)
		}
	}
	for _, seed := range seeds {
		c.add(seed)
	}
	c.open.Wait()
	out.Flush()
	file.Close()
}
