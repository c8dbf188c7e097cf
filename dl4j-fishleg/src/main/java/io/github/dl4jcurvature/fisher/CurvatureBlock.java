/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * One updater block of a network, bound to its parameters.
 *
 * @param updater the host's gradient updater of the block
 * @param parameters what the block holds
 * @param offset position of the block in the network's flat parameter and gradient vectors
 * @param values the parameters themselves: a live view, shape [parameters.length()]
 * @param gradientTransformed whether the host changes the gradient before the updater sees it (L1, L2, clipping), so
 *     that it is no longer the product of errors and inputs
 * @param decayed whether the host adds weight decay to the steps of the updater
 * @param mask 0 for parameters that are held at zero, else 1, shape [parameters.length()]; null if none is
 */
public record CurvatureBlock(
        GradientUpdater<?> updater,
        LayerParameters parameters,
        long offset,
        INDArray values,
        boolean gradientTransformed,
        boolean decayed,
        @Nullable INDArray mask) {

    /**
     * The blocks of a network whose updater has a configuration of the given kind; the plans of the configurations are
     * filled first, which may replace an updater that has not been trained with yet.
     *
     * @param model an initialised MultiLayerNetwork or ComputationGraph
     * @param kind class of the configuration
     * @return the blocks in the order of the parameters
     */
    public static List<CurvatureBlock> of(Model model, Class<? extends CurvatureConfiguration> kind) {
        HostNetwork network = HostNetwork.of(model);
        NetworkBinding.plan(network);
        return GovernedParameters.descending(network.updater().getUpdaterBlocks()).stream()
                .filter(block -> kind.isInstance(block.getGradientUpdater().getConfig()))
                .map(GovernedParameters::bind)
                .toList();
    }

    /**
     * The blocks of a graph whose training has begun, or that was loaded with the state of its updaters, if the updater of its
     * training configuration is of the given kind.
     *
     * @param graph a SameDiff graph with a {@link SameDiffCurvatureListener}
     * @param kind class of the configuration
     * @return the blocks in the order of the parameters; their values are those of the time of this call
     * @throws IllegalStateException if it has not been trained or has no such listener
     */
    public static List<CurvatureBlock> of(SameDiff graph, Class<? extends CurvatureConfiguration> kind) {
        TrainingConfig config = graph.getTrainingConfig();
        if (config == null || !kind.isInstance(config.getUpdater())) {
            return List.of();
        }
        GraphBinding binding = SameDiffCurvatureListener.of(graph).bindingOf(graph);
        binding.replaceUpdaters();
        return binding.blocks();
    }
}
