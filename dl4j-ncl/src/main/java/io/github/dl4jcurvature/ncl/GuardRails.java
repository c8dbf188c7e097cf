/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;
import java.util.function.Predicate;

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
        List<String> transformed = layersOf(blocks, CurvatureBlock::gradientTransformed);
        if (!transformed.isEmpty()) {
            LOG.warn(
                    "layers {} have gradient normalisation or L1/L2 beside Ncl: clipping changes the direction of steps, and L2 is a second prior towards zero that fights the mean; remove them, or set priorPrecision instead of L2",
                    transformed);
        }
        List<String> decayed = layersOf(blocks, CurvatureBlock::decayed);
        if (!decayed.isEmpty()) {
            LOG.warn(
                    "layers {} have weight decay beside Ncl: it shrinks what earlier tasks have learned at every step; remove it, or set priorPrecision instead",
                    decayed);
        }
        if (model.truncatesSequences()) {
            LOG.warn(
                    "the network is trained by truncated back-propagation through time: steps ignore what lies before a segment, while Fisher information is taken over whole sequences; use BackpropType.Standard if sequences fit into memory");
        }
    }

    private static List<String> layersOf(List<CurvatureBlock> blocks, Predicate<CurvatureBlock> which) {
        return blocks.stream()
                .filter(which)
                .map(block -> block.parameters().layer())
                .toList();
    }

    /**
     * Refuses a network whose state the host has dropped since it was trained.
     *
     * @throws IllegalStateException if the network has iterations and the updaters no step
     */
    static void requireSteps(int iterations, List<NclUpdater> updaters) {
        boolean stepped =
                updaters.stream().anyMatch(updater -> updater.layer().state().steps() > 0);
        if (iterations > 0 && !stepped) {
            throw new IllegalStateException(
                    "the network has been trained for %d iterations, of which its Ncl has no step: the state was dropped, with what it remembers, as by MultiLayerNetwork.clear(), which ParallelWrapper.fit calls in the end, by loading without the updater or by Spark without saveUpdater. Keep it: Updater updater = network.getUpdater() before such a call and network.setUpdater(updater) after it. If another updater trained the network and nothing is lost, set the iteration count of its configuration to 0"
                            .formatted(iterations));
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
