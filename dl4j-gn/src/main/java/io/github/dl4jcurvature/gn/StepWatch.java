/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.List;

import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks a layer at each batch and keeps what was reported of its blocks. */
final class StepWatch {
    private static final Logger LOG = LoggerFactory.getLogger(StepWatch.class);

    private final List<BlockReport> reports = new ArrayList<>();
    private boolean warned;

    /** Before the blocks of a batch. */
    void begin(GaussNewton updater, BaseLayer<?> layer, boolean masked) {
        reports.clear();
        org.deeplearning4j.nn.conf.layers.BaseLayer configuration =
                (org.deeplearning4j.nn.conf.layers.BaseLayer) layer.conf().getLayer();
        String name = configuration.getLayerName();
        if (!updater.isPrepared()) {
            throw new IllegalStateException(
                    "layer '%s' has a GaussNewton updater that does not know its network; pass the configuration through GaussNewtonSpan.prepare(configuration), or build it with RevMlp.builder()"
                            .formatted(name));
        }
        if (configuration.getIDropout() != null) {
            throw new IllegalStateException(
                    "dropout %s of layer '%s' changes activations by chance, which Gauss-Newton steps do not allow for; remove it"
                            .formatted(configuration.getIDropout(), name));
        }
        if (masked) {
            throw new IllegalStateException(
                    "layer '%s' has a mask of its input, which Gauss-Newton steps do not support; leave masked examples out of the batch"
                            .formatted(name));
        }
    }

    /** Warns once, or throws in strict mode, if there are more examples than columns of activations. */
    void requireIndependent(GaussNewton updater, String name, INDArray input, long columns) {
        long n = input.size(0);
        if (n <= columns) {
            return;
        }
        String message =
                "a batch of %d examples exceeds the %d columns of activations of layer '%s': its step cannot be exact; use smaller batches or a larger hiddenSize"
                        .formatted(n, columns, name);
        if (updater.isStrict()) {
            throw new IllegalStateException(message);
        }
        if (!warned) {
            warned = true;
            LOG.warn(message);
        }
    }

    void add(BlockReport report) {
        reports.add(0, report);
    }

    List<BlockReport> reports() {
        return List.copyOf(reports);
    }
}
