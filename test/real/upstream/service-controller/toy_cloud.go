package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	v1 "k8s.io/api/core/v1"
	cloudprovider "k8s.io/cloud-provider"
)

// toyCloud asks the toy backend. Each question of the service controller is one request: no cloud can be cheaper.
type toyCloud struct {
	loadBalancers string
	http          *http.Client
}

type healthCheck struct {
	Kind string `json:"kind"`
	Port int32  `json:"port,omitempty"`
}

type listener struct {
	NodePort    int32       `json:"nodePort"`
	HealthCheck healthCheck `json:"healthCheck"`
}

type loadBalancer struct {
	Name      string              `json:"name"`
	Listeners map[string]listener `json:"listeners"`
	Members   []string            `json:"members"`
}

func newToyCloud(backend, cluster string) *toyCloud {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	return &toyCloud{backend + "/clusters/" + url.PathEscape(cluster) + "/load-balancers/", &http.Client{Transport: transport}}
}

// place names the load balancer as Portolan does: by cluster and key, which the backend writes on it as marks.
func (c *toyCloud) place(s *v1.Service) string {
	return c.loadBalancers + url.PathEscape("service/"+string(s.UID))
}

// call answers whether the load balancer exists, and its address.
func (c *toyCloud) call(ctx context.Context, method, place string, body any) (string, bool, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return "", false, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, place, content)
	if err != nil {
		return "", false, err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return "", false, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return "", false, err
	case answer.StatusCode == http.StatusNotFound:
		return "", false, nil
	case answer.StatusCode != http.StatusOK:
		return "", false, fmt.Errorf("the toy cloud answered %d: %s", answer.StatusCode, text)
	}
	record := struct {
		Address string `json:"address"`
	}{}
	err = json.Unmarshal(text, &record)
	return record.Address, true, err
}

func statusOf(address string) *v1.LoadBalancerStatus {
	mode := v1.LoadBalancerIPModeVIP
	return &v1.LoadBalancerStatus{Ingress: []v1.LoadBalancerIngress{{IP: address, IPMode: &mode}}}
}

func listenersOf(s *v1.Service) map[string]listener {
	check := healthCheck{Kind: "cluster"}
	if s.Spec.HealthCheckNodePort != 0 {
		check = healthCheck{Kind: "local", Port: s.Spec.HealthCheckNodePort}
	}
	listeners := map[string]listener{}
	for _, p := range s.Spec.Ports {
		listeners[fmt.Sprintf("%s/%d", p.Protocol, p.Port)] = listener{p.NodePort, check}
	}
	return listeners
}

func namesOf(nodes []*v1.Node) []string {
	members := make([]string, len(nodes))
	for i, node := range nodes {
		members[i] = node.Name
	}
	return members
}

func (c *toyCloud) GetLoadBalancer(ctx context.Context, _ string, s *v1.Service) (*v1.LoadBalancerStatus, bool, error) {
	address, exists, err := c.call(ctx, http.MethodGet, c.place(s), nil)
	return statusOf(address), exists, err
}

func (c *toyCloud) GetLoadBalancerName(_ context.Context, _ string, s *v1.Service) string {
	return s.Namespace + "/" + s.Name
}

func (c *toyCloud) EnsureLoadBalancer(ctx context.Context, _ string, s *v1.Service, nodes []*v1.Node) (*v1.LoadBalancerStatus, error) {
	wanted := loadBalancer{s.Namespace + "/" + s.Name, listenersOf(s), namesOf(nodes)}
	address, _, err := c.call(ctx, http.MethodPut, c.place(s), wanted)
	return statusOf(address), err
}

func (c *toyCloud) UpdateLoadBalancer(ctx context.Context, _ string, s *v1.Service, nodes []*v1.Node) error {
	_, exists, err := c.call(ctx, http.MethodPut, c.place(s)+"/members", namesOf(nodes))
	if err == nil && !exists {
		return fmt.Errorf("there is no load balancer of %s/%s", s.Namespace, s.Name)
	}
	return err
}

func (c *toyCloud) EnsureLoadBalancerDeleted(ctx context.Context, _ string, s *v1.Service) error {
	_, _, err := c.call(ctx, http.MethodDelete, c.place(s), nil)
	return err
}

func (c *toyCloud) Initialize(cloudprovider.ControllerClientBuilder, <-chan struct{}) {}
func (c *toyCloud) LoadBalancer() (cloudprovider.LoadBalancer, bool)                  { return c, true }
func (c *toyCloud) Instances() (cloudprovider.Instances, bool)                        { return nil, false }
func (c *toyCloud) InstancesV2() (cloudprovider.InstancesV2, bool)                    { return nil, false }
func (c *toyCloud) Zones() (cloudprovider.Zones, bool)                                { return nil, false }
func (c *toyCloud) Clusters() (cloudprovider.Clusters, bool)                          { return nil, false }
func (c *toyCloud) Routes() (cloudprovider.Routes, bool)                              { return nil, false }
func (c *toyCloud) ProviderName() string                                              { return "toy" }
func (c *toyCloud) HasClusterID() bool                                                { return true }
