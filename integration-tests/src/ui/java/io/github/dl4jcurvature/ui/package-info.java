/* SPDX-License-Identifier: Apache-2.0 */
/** Charts of the methods of this library as a page of the training user interface of Deeplearning4j. */
@NullMarked
package io.github.dl4jcurvature.ui;

import org.jspecify.annotations.NullMarked;
