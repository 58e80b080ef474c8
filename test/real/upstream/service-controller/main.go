// The service controller that Kubernetes ships for cloud providers (k8s.io/cloud-provider), over the toy cloud of the tests:
// what Portolan is measured against and takes over from.
package main

import (
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/util/wait"
	cloudprovider "k8s.io/cloud-provider"
	"k8s.io/cloud-provider/app"
	"k8s.io/cloud-provider/app/config"
	"k8s.io/cloud-provider/names"
	"k8s.io/cloud-provider/options"
	"k8s.io/component-base/cli"
	cliflag "k8s.io/component-base/cli/flag"
)

func main() {
	cloud := newToyCloud(required("TOY_BACKEND"), required("TOY_CLUSTER"))
	opts, err := options.NewCloudControllerManagerOptions()
	if err != nil {
		fail(err)
	}
	cmd := app.NewCloudControllerManagerCommand(opts,
		func(*config.CompletedConfig) cloudprovider.Interface { return cloud },
		app.DefaultInitFuncConstructors, names.CCMControllerAliases(), cliflag.NamedFlagSets{}, wait.NeverStop)
	os.Exit(cli.Run(cmd))
}

func required(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fail(fmt.Errorf("%s is not set: TOY_BACKEND is the URL of the toy cloud, TOY_CLUSTER the cluster id in its marks", name))
	}
	return value
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
