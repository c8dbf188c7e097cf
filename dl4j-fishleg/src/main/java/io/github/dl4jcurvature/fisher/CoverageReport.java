/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffOutputLayer;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the user once per shadow network which layers have no factors, and which the host differentiates wrongly. */
final class CoverageReport {
    private static final Logger log = LoggerFactory.getLogger(ShadowNetwork.class);

    private CoverageReport() {}

    static void log(List<ShadowNode> nodes, List<String> uncaptured) {
        if (!uncaptured.isEmpty()) {
            log.info("layers {} yield no inputs and errors; only their summed gradient is used", uncaptured);
        }
        List<String> doubled = nodes.stream()
                .filter(CoverageReport::isDoubled)
                .map(ShadowNode::name)
                .toList();
        if (!doubled.isEmpty()) {
            log.warn(
                    "Deeplearning4j 1.0.0-M2.1 doubles the gradient of hidden SameDiff layers {} and of everything below"
                            + " them, in training and here alike; curvature of these layers is wrong",
                    doubled);
        }
    }

    private static boolean isDoubled(ShadowNode node) {
        return node.owner() instanceof SameDiffGraphVertex
                || (node.owner() instanceof Layer layer && isHiddenSameDiff(layer));
    }

    private static boolean isHiddenSameDiff(Layer layer) {
        return layer.conf() != null
                && layer.conf().getLayer() instanceof AbstractSameDiffLayer configuration
                && !(configuration instanceof SameDiffOutputLayer);
    }
}
