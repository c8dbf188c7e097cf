/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;

import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.CurvatureModel;
import io.github.dl4jcurvature.fisher.LayerParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of settings that are legal but change the method, once for each network. */
final class GuardRails {
    private static final Logger LOG = LoggerFactory.getLogger(Ncl.class);
    private static final double TOLERATED_FACTOR = 2;

    private GuardRails() {}

    static void check(CurvatureModel model, List<CurvatureBlock> blocks) {
        List<String> transformed = blocks.stream()
                .filter(CurvatureBlock::gradientTransformed)
                .map(block -> block.parameters().layer())
                .toList();
        if (!transformed.isEmpty()) {
            LOG.warn(
                    "layers {} have gradient normalisation or L1/L2 beside Ncl: clipping changes the direction of steps, and L2 is a second prior towards zero that fights the mean; remove them, or set priorPrecision instead of L2",
                    transformed);
        }
        if (model.truncatesSequences()) {
            LOG.warn(
                    "the network is trained by truncated back-propagation through time: steps ignore what lies before a segment, while Fisher information is taken over whole sequences; use BackpropType.Standard if sequences fit into memory");
        }
    }

    static void checkDataSize(Ncl settings, long examples) {
        double ratio = settings.dataSize() / examples;
        if (ratio > TOLERATED_FACTOR || ratio < 1 / TOLERATED_FACTOR) {
            LOG.warn(
                    "dataSize is {} but the task has {} examples: N scales how much earlier tasks weigh against the first prior, {}; unless it was chosen so, set it to the examples of a task",
                    settings.dataSize(),
                    examples,
                    ratio > 1 ? "too large makes later tasks hard to learn" : "too small lets them be forgotten");
        }
    }

    static void reportFallbacks(LayerPlan plan, LayerParameters parameters, Ncl settings) {
        List<SectionPlan> fallbacks = plan.sections().stream()
                .filter(section -> section.memory() != SectionPlan.Memory.KRONECKER
                        && section.memory() != SectionPlan.Memory.INPUTS
                        && section.memory() != SectionPlan.Memory.INPUTS_AND_OUTPUTS)
                .toList();
        if (!fallbacks.isEmpty() && settings.method() != Ncl.Method.SGD && settings.method() != Ncl.Method.EWC) {
            LOG.info(
                    "layer '{}' has no Kronecker factors for {} of its parameters {}; remembered of them: {}",
                    plan.layer(),
                    fallbacks.size() == plan.sections().size() ? "any" : "some",
                    parameters.names(),
                    fallbacks);
        }
    }
}
